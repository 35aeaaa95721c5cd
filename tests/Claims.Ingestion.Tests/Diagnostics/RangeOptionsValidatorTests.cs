using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Volumes;

namespace Claims.Ingestion.Tests.Diagnostics;

/// <summary>For each options class: its defaults, and the whole text when everything is wrong.</summary>
public sealed class RangeOptionsValidatorTests
{
    [Fact]
    public void PipelineOptions_Defaults_AreAsDocumented()
    {
        var options = new PipelineOptions();

        Assert.Equal((512, 25_165_824L, 1_048_576, null), (options.MaxFilesInFlight, options.MaxBytesInFlight, options.MaxBytesInMemory, options.SpoolDirectory));
        Assert.Equal((2, 2, 2, 128), (options.Readers, options.Writers, options.AcknowledgersPerFacility, options.MaxAcknowledgers));
        Assert.Equal((500, 50, 5000, TimeSpan.FromMilliseconds(250)), (options.BatchClaims, options.MinBatchClaims, options.MaxBatchClaims, options.BatchTarget));
        Assert.Equal((256, 1000), (options.BatchFiles, options.SliceClaims));
        Assert.Equal((TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(20)), (options.RetryFor, options.DrainTimeout));
        Assert.Null(Failures(options));
    }

    [Fact]
    public void PipelineOptions_AllInvalid_NamesEach() => Assert.Equal(
        [
            "Claims:X:MaxFilesInFlight is 0; it must be from 1 to 10000.",
            "Claims:X:MaxBytesInFlight is 1048575; it must be from 1048576 to 17179869184.",
            "Claims:X:MaxBytesInMemory is -1; it must be from 0 to 16777216.",
            "Claims:X:Readers is 65; it must be from 1 to 64.",
            "Claims:X:Writers is 0; it must be from 1 to 64.",
            "Claims:X:AcknowledgersPerFacility is 33; it must be from 1 to 32.",
            "Claims:X:MaxAcknowledgers is 0; it must be from 1 to 10000.",
            "Claims:X:BatchTarget is 00:00:00.0090000; it must be from 00:00:00.0100000 to 00:01:00.",
            "Claims:X:BatchClaims is 100001; it must be from 1 to 100000.",
            "Claims:X:MinBatchClaims is 0; it must be from 1 to 100000.",
            "Claims:X:MaxBatchClaims is 100001; it must be from 1 to 100000.",
            "Claims:X:BatchFiles is 0; it must be from 1 to 1000.",
            "Claims:X:SliceClaims is 0; it must be from 1 to 100000.",
            "Claims:X:RetryFor is -00:00:01; it must be from 00:00:00 to 1.00:00:00.",
            "Claims:X:DrainTimeout is 01:00:01; it must be from 00:00:00 to 01:00:00.",
        ],
        Failures(new PipelineOptions
        {
            MaxFilesInFlight = 0,
            MaxBytesInFlight = 1_048_575,
            MaxBytesInMemory = -1,
            Readers = 65,
            Writers = 0,
            AcknowledgersPerFacility = 33,
            MaxAcknowledgers = 0,
            BatchTarget = TimeSpan.FromMilliseconds(9),
            BatchClaims = 100_001,
            MinBatchClaims = 0,
            MaxBatchClaims = 100_001,
            BatchFiles = 0,
            SliceClaims = 0,
            RetryFor = TimeSpan.FromSeconds(-1),
            DrainTimeout = TimeSpan.FromSeconds(3601),
        }));

    [Fact]
    public void SchedulingOptions_Defaults_AreAsDocumented()
    {
        var options = new SchedulingOptions();

        Assert.Equal(
            (true, TimeSpan.FromMinutes(30), TimeSpan.FromSeconds(30), ScheduleStrategy.Staggered, 5, TimeSpan.FromMinutes(5)),
            (options.Enabled, options.Interval, options.Stagger, options.Strategy, options.MaxConcurrentFacilities, options.PollTimeout));
        Assert.Null(Failures(options));
    }

    [Fact]
    public void SchedulingOptions_AllInvalid_NamesEach() => Assert.Equal(
        [
            "Claims:X:Interval is 00:00:00; it must be from 00:00:01 to 7.00:00:00.",
            "Claims:X:Stagger is 00:00:00; it must be from 00:00:00.0010000 to 1.00:00:00.",
            "Claims:X:Strategy is 7; it must be one of Staggered, Concurrent.",
            "Claims:X:MaxConcurrentFacilities is 1001; it must be from 1 to 1000.",
            "Claims:X:PollTimeout is 2.00:00:00; it must be from 00:00:01 to 1.00:00:00.",
        ],
        Failures(new SchedulingOptions
        {
            Interval = TimeSpan.Zero,
            Stagger = TimeSpan.Zero,
            Strategy = (ScheduleStrategy)7,
            MaxConcurrentFacilities = 1001,
            PollTimeout = TimeSpan.FromDays(2),
        }));

    [Fact]
    public void PollingOptions_Defaults_AreAsDocumented()
    {
        var options = new PollingOptions();

        Assert.Equal((3, 65_536), (options.DownloadsPerFacility, options.AssumedFileBytes));
        Assert.Null(Failures(options));
    }

    [Fact]
    public void PollingOptions_AllInvalid_NamesEach() => Assert.Equal(
        ["Claims:X:DownloadsPerFacility is 33; it must be from 1 to 32.", "Claims:X:AssumedFileBytes is 1; it must be from 1024 to 67108864."],
        Failures(new PollingOptions { DownloadsPerFacility = 33, AssumedFileBytes = 1 }));

    [Fact]
    public void ReadingOptions_Defaults_AreAsDocumented()
    {
        var options = new ReadingOptions();

        Assert.Equal((268_435_456L, 1_073_741_824L, 16_777_216), (options.MaxFileBytes, options.MaxDecodedBytes, options.MaxAttachmentBytes));
        Assert.Equal((65_536, 200, 32), (options.MaxTextLength, options.MaxIdentifierLength, options.MaxDepth));
        Assert.Equal((false, TimeSpan.FromHours(4)), (options.StoreTestFiles, options.UtcOffset));
        Assert.Null(Failures(options));
    }

    [Fact]
    public void ReadingOptions_AllInvalid_NamesEach() => Assert.Equal(
        [
            "Claims:X:MaxFileBytes is 1000000001; it must be from 1024 to 1000000000.",
            "Claims:X:MaxDecodedBytes is 1023; it must be from 1024 to 68719476736.",
            "Claims:X:MaxAttachmentBytes is 0; it must be from 1024 to 268435456.",
            "Claims:X:MaxTextLength is 1999; it must be from 2000 to 16777216.",
            "Claims:X:MaxIdentifierLength is 501; it must be from 50 to 500.",
            "Claims:X:MaxDepth is 7; it must be from 8 to 1000.",
            "Claims:X:UtcOffset is 14:00:01; it must be from -14:00:00 to 14:00:00.",
        ],
        Failures(new ReadingOptions
        {
            MaxFileBytes = 1_000_000_001,
            MaxDecodedBytes = 1023,
            MaxAttachmentBytes = 0,
            MaxTextLength = 1999,
            MaxIdentifierLength = 501,
            MaxDepth = 7,
            UtcOffset = new TimeSpan(14, 0, 1),
        }));

    [Fact]
    public void VolumeOptions_Defaults_AreAsDocumented()
    {
        var options = new VolumeOptions();

        Assert.Equal(
            (true, 2, 8.0, 4.0, 500),
            (options.Enabled, options.WeeksToLearn, options.SilenceExpectedFiles, options.SurgeFactor, options.SurgeMinimumClaims));
        Assert.Null(Failures(options));
    }

    [Fact]
    public void VolumeOptions_AllInvalid_NamesEach() => Assert.Equal(
        [
            "Claims:X:WeeksToLearn is 9; it must be from 1 to 8.",
            "Claims:X:SilenceExpectedFiles is 1.9; it must be from 2 to 1000.",
            "Claims:X:SurgeFactor is NaN; it must be from 1.5 to 1000.",
            "Claims:X:SurgeMinimumClaims is 0; it must be from 1 to 1000000000.",
        ],
        Failures(new VolumeOptions { WeeksToLearn = 9, SilenceExpectedFiles = 1.9, SurgeFactor = double.NaN, SurgeMinimumClaims = 0 }));

    [Fact]
    public void HealthOptions_DefaultsAndLimits_AreAsDocumented()
    {
        Assert.Equal(0.2, new HealthOptions().FailingFacilityShare);
        Assert.Null(Failures(new HealthOptions()));
        Assert.Equal(["Claims:X:FailingFacilityShare is 1.01; it must be from 0 to 1."], Failures(new HealthOptions { FailingFacilityShare = 1.01 }));
    }

    private static IEnumerable<string>? Failures<TOptions>(TOptions options)
        where TOptions : class => new RangeOptionsValidator<TOptions>("Claims:X").Validate(null, options).Failures;
}
