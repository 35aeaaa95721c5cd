using Claims.Ingestion.Facilities;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Storage;
using Claims.Ingestion.Tests.Fakes;

namespace Claims.Ingestion.Tests.Pipeline;

public sealed class AcknowledgingStageTests
{
    private static readonly FileFate _stored = new(FileStatus.Stored, null, default, null);

    private readonly FilesInFlight _register = new(TimeProvider.System);
    private readonly FakePoller _poller = new();
    private readonly List<string> _faults = [];

    [Fact]
    public async Task Add_SourceOfOneFacilityHangs_OthersAreAcknowledged()
    {
        AcknowledgingStage stage = Create(perFacility: 2, overall: 8);
        var gate = new Gate();
        var done = new Signal();
        stage.Start(
            async (file, _, token) =>
            {
                if (file.Facility.Id == "hangs") await gate.PassAsync(token);
                file.Forget();
                done.Set();
            },
            Waiting.Token);

        for (int i = 0; i < 100; i++) Add(stage, "hangs", i);
        for (int i = 0; i < 100; i++) Add(stage, "works", i);

        await done.WaitAsync(100);
        await gate.Reached.WaitAsync(2);
        Assert.Equal((98, 100), (stage.Waiting, _register.Count));
        gate.Open();
        await stage.CompleteAsync().Soon();
        Assert.Equal((0, 0), (stage.Waiting, _register.Count));
    }

    [Fact]
    public async Task Add_MoreThanMayBeUnderWay_ComeInTurnsOfTheFacilities()
    {
        AcknowledgingStage stage = Create(perFacility: 1, overall: 1);
        var order = new List<string>();
        for (int i = 0; i < 3; i++) Add(stage, "a", i);
        for (int i = 0; i < 3; i++) Add(stage, "b", i);

        stage.Start(
            (file, _, _) =>
            {
                order.Add(file.Facility.Id);
                return Task.CompletedTask;
            },
            Waiting.Token);
        await stage.CompleteAsync().Soon();

        Assert.Equal("ababab", string.Concat(order));
    }

    [Fact]
    public void Add_MoreThanMayWait_IsLeftToTheNextPoll()
    {
        AcknowledgingStage stage = Create(perFacility: 1, overall: 1);

        for (int i = 0; i < AcknowledgingStage.MaxWaiting + 5; i++) Add(stage, "a", i);

        Assert.Equal((AcknowledgingStage.MaxWaiting, AcknowledgingStage.MaxWaiting), (stage.Waiting, _register.Count));
    }

    [Fact]
    public async Task Cancelled_WhatWaits_IsGivenUp()
    {
        AcknowledgingStage stage = Create(perFacility: 1, overall: 1);
        using var stop = new CancellationTokenSource();
        var gate = new Gate();
        stage.Start(
            async (file, _, token) =>
            {
                await gate.PassAsync(token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                file.Forget();
            },
            stop.Token);
        for (int i = 0; i < 10; i++) Add(stage, "a", i);
        await gate.Reached.WaitAsync();

        await stop.CancelAsync();
        Add(stage, "a", 11);

        await stage.CompleteAsync().Soon();
        Assert.Equal((0, 0), (stage.Waiting, _register.Count));
    }

    [Fact]
    public async Task Work_Throws_ClosesTheStageAndNamesIt()
    {
        AcknowledgingStage stage = Create(perFacility: 1, overall: 1);
        for (int i = 0; i < 3; i++) Add(stage, "a", i);

        stage.Start(
            (file, _, _) =>
            {
                file.Forget();
                throw new InvalidOperationException("odd");
            },
            Waiting.Token);
        await stage.CompleteAsync().Soon();

        Assert.Equal("odd", stage.Fault?.Message);
        Assert.Equal("acknowledging: odd", Assert.Single(_faults));
        Assert.Equal(0, _register.Count);
    }

    private AcknowledgingStage Create(int perFacility, int overall) => new(perFacility, overall, Unmeasured.Stage("acknowledging"), (name, exception) => _faults.Add($"{name}: {exception.Message}"));

    private void Add(AcknowledgingStage stage, string facilityId, int number)
    {
        Assert.True(_register.TryAdd(facilityId, $"{number}"));
        stage.Add(new FileInFlight(new Facility(facilityId, "fake", "x"), _poller, new($"{number}", "n"), _register, null, null), _stored);
    }
}
