using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.EClaimLink.Tests;

public sealed class EClaimLinkOptionsTests
{
    [Fact]
    public void Defaults_AreAsDocumented()
    {
        var o = new EClaimLinkOptions();

        Assert.Equal((ListingMode.Both, FileIdElement.Both, 0, false), (o.Mode, o.FileIdElement, o.Searches.Count, o.AllowHttp));
        Assert.Equal(
            (TimeSpan.FromDays(30), TimeSpan.FromHours(6), TimeSpan.FromDays(1), TimeSpan.FromDays(1)),
            (o.FirstLookBack, o.OutageAfter, o.LookBackEvery, o.SearchOverlap));
        Assert.Equal((TimeSpan.FromDays(100), TimeSpan.FromMinutes(1), 0), (o.MaxSearchWindow, o.SmallestSearchWindow, o.AnswerCap));
        Assert.Equal((33_554_432, 16, 8), (o.MaxListingBytes, o.MaxConcurrentDownloads, o.MaxDownloadsPerFile));
        Assert.Equal((TimeSpan.FromMinutes(3), TimeSpan.FromMinutes(10)), (o.AttemptTimeout, o.TotalTimeout));
        Assert.Equal((3, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(30)), (o.RetryCount, o.RetryDelay, o.MaxRetryDelay));
        Assert.Equal(
            (0.5, 8, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(1)),
            (o.BreakerFailureRatio, o.BreakerMinimumCalls, o.BreakerSamplingTime, o.BreakerOpenTime));
        Assert.Null(Failures(o));
    }

    [Fact]
    public void AllInvalid_NamesEach() => Assert.Equal(
        [
            "Claims:EClaimLink:Mode is 9; it must be one of Both, NewTransactions, Search.",
            "Claims:EClaimLink:FileIdElement is 9; it must be one of Both, FieldId, FileId.",
            "Claims:EClaimLink:FirstLookBack is 00:59:59; it must be from 01:00:00 to 1000.00:00:00.",
            "Claims:EClaimLink:OutageAfter is 00:00:59; it must be from 00:01:00 to 30.00:00:00.",
            "Claims:EClaimLink:LookBackEvery is 00:00:59; it must be from 00:01:00 to 30.00:00:00.",
            "Claims:EClaimLink:SearchOverlap is -00:00:01; it must be from 00:00:00 to 30.00:00:00.",
            "Claims:EClaimLink:MaxSearchWindow is 00:59:59; it must be from 01:00:00 to 100.00:00:00.",
            "Claims:EClaimLink:SmallestSearchWindow is 00:00:00; it must be from 00:00:01 to 1.00:00:00.",
            "Claims:EClaimLink:AnswerCap is -1; it must be from 0 to 1000000.",
            "Claims:EClaimLink:MaxListingBytes is 1; it must be from 65536 to 268435456.",
            "Claims:EClaimLink:MaxConcurrentDownloads is 0; it must be from 1 to 1000.",
            "Claims:EClaimLink:MaxDownloadsPerFile is 0; it must be from 1 to 1000.",
            "Claims:EClaimLink:AttemptTimeout is 01:00:01; it must be from 00:00:01 to 01:00:00.",
            "Claims:EClaimLink:TotalTimeout is 00:00:00; it must be from 00:00:01 to 1.00:00:00.",
            "Claims:EClaimLink:RetryCount is 11; it must be from 0 to 10.",
            "Claims:EClaimLink:RetryDelay is 01:00:01; it must be from 00:00:00.0010000 to 01:00:00.",
            "Claims:EClaimLink:MaxRetryDelay is 00:00:00; it must be from 00:00:00.0010000 to 01:00:00.",
            "Claims:EClaimLink:BreakerFailureRatio is 0; it must be from 0.01 to 1.",
            "Claims:EClaimLink:BreakerMinimumCalls is 1; it must be from 2 to 1000.",
            "Claims:EClaimLink:BreakerSamplingTime is 00:00:00; it must be from 00:00:01 to 1.00:00:00.",
            "Claims:EClaimLink:BreakerOpenTime is 00:00:00; it must be from 00:00:01 to 1.00:00:00.",
            "Claims:EClaimLink:Searches:0:Direction is 3; it must be from 1 to 2.",
            "Claims:EClaimLink:Searches:0:TransactionId is -2; it must be from -1 to 65536.",
            "Claims:EClaimLink:Searches:0:Status is 3; it must be from -1 to 2.",
            "Claims:EClaimLink:TotalTimeout is 00:00:00; it must be at least AttemptTimeout, which is 01:00:01.",
            "Claims:EClaimLink:MaxRetryDelay is 00:00:00; it must be at least RetryDelay, which is 01:00:01.",
        ],
        Failures(new EClaimLinkOptions
        {
            Mode = (ListingMode)9,
            FileIdElement = (FileIdElement)9,
            Searches = { new SearchQuery { Direction = 3, TransactionId = -2, Status = 3 } },
            FirstLookBack = TimeSpan.FromSeconds(3599),
            OutageAfter = TimeSpan.FromSeconds(59),
            LookBackEvery = TimeSpan.FromSeconds(59),
            SearchOverlap = TimeSpan.FromSeconds(-1),
            MaxSearchWindow = TimeSpan.FromSeconds(3599),
            SmallestSearchWindow = TimeSpan.Zero,
            AnswerCap = -1,
            MaxListingBytes = 1,
            MaxConcurrentDownloads = 0,
            MaxDownloadsPerFile = 0,
            AttemptTimeout = TimeSpan.FromSeconds(3601),
            TotalTimeout = TimeSpan.Zero,
            RetryCount = 11,
            RetryDelay = TimeSpan.FromSeconds(3601),
            MaxRetryDelay = TimeSpan.Zero,
            BreakerFailureRatio = 0,
            BreakerMinimumCalls = 1,
            BreakerSamplingTime = TimeSpan.Zero,
            BreakerOpenTime = TimeSpan.Zero,
        }));

    [Fact]
    public void ConfigurationPage_NamesEverySetting()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Claims.sln"))) folder = Path.GetDirectoryName(folder)!;
        string text = File.ReadAllText(Path.Combine(folder, "docs", "configuration.md"));

        Assert.All(typeof(EClaimLinkOptions).GetProperties(), property => Assert.Contains($"| `{property.Name}` |", text, StringComparison.Ordinal));
    }

    private static IEnumerable<string>? Failures(EClaimLinkOptions options)
    {
        var services = new ServiceCollection();
        services.AddClaimsIngestion().AddEClaimLinkPoller();
        ValidateOptionsResult[] results =
        [
            .. services.BuildServiceProvider().GetServices<IValidateOptions<EClaimLinkOptions>>().Select(v => v.Validate(Options.DefaultName, options)),
        ];
        Assert.Equal(2, results.Length);
        string[] failures = [.. results.SelectMany(r => r.Failures ?? [])];
        return failures.Length == 0 ? null : failures;
    }
}
