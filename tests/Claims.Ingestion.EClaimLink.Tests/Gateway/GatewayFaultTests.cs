using Claims.Ingestion.Polling;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Scheduling;
using FacilityGateway;
using FacilityGateway.Gateway;
using Microsoft.Extensions.Time.Testing;

namespace Claims.Ingestion.EClaimLink.Tests.Gateway;

/// <summary>
/// Each fault of the gateway, at each operation, through the whole ingestion: nothing is lost, nothing doubled, other facilities do not
/// feel it, the state of the facility says what is wrong, and once the fault is over the next polls bring what is missing.
/// </summary>
public sealed class GatewayFaultTests
{
    private const string List = GatewayOperation.GetNewTransactions;
    private const string Search = GatewayOperation.SearchTransactions;
    private const string Download = GatewayOperation.DownloadTransactionFile;
    private const string Acknowledge = GatewayOperation.SetTransactionDownloaded;

    public static TheoryData<GatewayFault, string, string> LastingFaults { get; } = Faults();

    [Theory]
    [MemberData(nameof(LastingFaults))]
    public async Task Fault_OfOneFacility_LosesNothingAndDoublesNothing(GatewayFault fault, string operation, string words)
    {
        await using SoapIngestion ingestion = await SoapIngestion.StartAsync(options =>
        {
            options.BreakerMinimumCalls = 1000;
            if (fault != GatewayFault.Hang) return;

            // The first call of all compiles the client, and must reach the gateway within this time on a busy machine too.
            options.AttemptTimeout = TimeSpan.FromSeconds(3);
            options.RetryCount = 0;
        });
        FaultHandle handle = ingestion.Gateway.Faults.Add(new FaultRule { Kind = fault, Operation = operation, FacilityId = SoapIngestion.Faulty });

        Dictionary<string, FacilityReport> first = await ingestion.PollAsync();

        Assert.True(handle.Strikes > 0);
        foreach ((string id, FacilityReport report) in first.Where(f => f.Key != SoapIngestion.Faulty))
        {
            Assert.Null(report.Error);
            AssertWhole(ingestion, id, report);
        }

        FacilityState state = ingestion.StateOfFaulty;
        string told = operation == Acknowledge && fault != GatewayFault.WrongPassword ? state.AcknowledgementError! : state.LastError ?? state.AcknowledgementError!;
        Assert.StartsWith($"Facility {SoapIngestion.Faulty}", told, StringComparison.Ordinal);
        Assert.Contains(words, told, StringComparison.Ordinal);
        if (fault != GatewayFault.WrongPassword) Assert.Equal(operation == Acknowledge, state.LastOutcome == PollOutcome.Succeeded);
        else Assert.Contains(state.LastOutcome, new PollOutcome?[] { PollOutcome.CredentialRefused, PollOutcome.Succeeded });

        handle.Remove();
        if (fault == GatewayFault.WrongPassword) ingestion.ChangePassword(SoapIngestion.Faulty, atGateway: "new", configured: "new");
        Dictionary<string, FacilityReport> second = await ingestion.PollAsync();

        Assert.All(second.Values, report => Assert.Null(report.Error));
        AssertWhole(ingestion, SoapIngestion.Faulty, first[SoapIngestion.Faulty], second[SoapIngestion.Faulty]);
        AssertAllStoredOnceAndAcknowledged(ingestion);
        Assert.Null(ingestion.StateOfFaulty.LastError);
        Assert.Null(ingestion.StateOfFaulty.AcknowledgementError);
    }

    [Theory]
    [InlineData(GatewayFault.Delay)]
    [InlineData(GatewayFault.DropMidBody)]
    [InlineData(GatewayFault.Http500)]
    [InlineData(GatewayFault.Http503)]
    [InlineData(GatewayFault.SoapFault)]
    [InlineData(GatewayFault.Result)]
    [InlineData(GatewayFault.Garbage)]
    public async Task Fault_ThatPasses_IsNotFelt(GatewayFault fault)
    {
        // Four faults at once are a good part of the few calls that there are; the breaker has tests of its own.
        await using SoapIngestion ingestion = await SoapIngestion.StartAsync(options => options.BreakerMinimumCalls = 1000);
        FaultHandle[] handles =
        [
            .. new[] { List, Search, Download, Acknowledge }.Select(operation => ingestion.Gateway.Faults.Add(new FaultRule
            {
                Kind = fault, Operation = operation, FacilityId = SoapIngestion.Faulty, Times = 1, Delay = TimeSpan.FromMilliseconds(20),
            })),
        ];

        Dictionary<string, FacilityReport> reports = await ingestion.PollAsync();

        Assert.All(handles, handle => Assert.Equal(1, handle.Strikes));
        Assert.All(reports.Values, report => Assert.Null(report.Error));
        Assert.Equal(PollOutcome.Succeeded, ingestion.StateOfFaulty.LastOutcome);
        AssertAllStoredOnceAndAcknowledged(ingestion);
    }

    [Fact]
    public async Task Fault_DuplicatedListing_IsFetchedOnce()
    {
        await using SoapIngestion ingestion = await SoapIngestion.StartAsync();
        ingestion.Gateway.Faults.Add(new FaultRule { Kind = GatewayFault.DuplicatedListing });

        Dictionary<string, FacilityReport> reports = await ingestion.PollAsync();

        Assert.All(reports.Values, report => Assert.Null(report.Error));
        AssertAllStoredOnceAndAcknowledged(ingestion);
        Assert.Equal(18, ingestion.Gateway.Calls.CountOf(Download));
    }

    [Fact]
    public async Task Fault_FileListedAndThenGone_OthersAreStored()
    {
        await using SoapIngestion ingestion = await SoapIngestion.StartAsync();
        string gone = ingestion.Gateway.Inboxes.Files(SoapIngestion.Faulty)[0].FileId;
        FaultHandle handle = ingestion.Gateway.Faults.Add(new FaultRule { Kind = GatewayFault.ListedThenGone, FileId = gone });

        Dictionary<string, FacilityReport> reports = await ingestion.PollAsync();

        Assert.All(reports.Values, report => Assert.Null(report.Error));
        Assert.Equal(gone, Assert.Single(ingestion.Gateway.Inboxes.Undownloaded(SoapIngestion.Faulty)).FileId);
        Assert.Contains(ingestion.Logs.GetSnapshot(), record => record.Id.Name == "FileGone");
        handle.Remove();
        await ingestion.PollAsync();
        AssertAllStoredOnceAndAcknowledged(ingestion);
    }

    [Fact]
    public async Task WrongPassword_ParksTheFacilityUntilItsCredentialChanges()
    {
        await using SoapIngestion ingestion = await SoapIngestion.StartAsync();
        ingestion.Gateway.Inboxes.SetPassword(SoapIngestion.Faulty, "another");

        await ingestion.PollAsync();
        await ingestion.PollAsync();

        FacilityState parked = ingestion.StateOfFaulty;
        Assert.Equal(1, ingestion.Gateway.Calls.CountOf(List, SoapIngestion.Faulty));
        Assert.Equal((PollOutcome.CredentialRefused, 2), (parked.LastOutcome, parked.ConsecutiveFailures));
        Assert.Contains("It is not called again until its login or password is changed", parked.LastError, StringComparison.Ordinal);
        ingestion.ChangePassword(SoapIngestion.Faulty, atGateway: "another", configured: "another");
        await ingestion.PollAsync();
        AssertAllStoredOnceAndAcknowledged(ingestion);
    }

    [Fact]
    public async Task CircuitBreaker_OpensForTheFacilityAndClosesAfterItsTime()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(61));
        await using SoapIngestion ingestion = await SoapIngestion.StartAsync(options => options.RetryCount = 0, time);
        FaultHandle handle = ingestion.Gateway.Faults.Add(new FaultRule { Kind = GatewayFault.Http503, Operation = Download, FacilityId = SoapIngestion.Faulty });
        for (int i = 0; i < 2; i++) await ingestion.PollAsync();

        FacilityState open = ingestion.StateOfFaulty;
        Assert.Equal(PollOutcome.CircuitOpen, open.LastOutcome);
        Assert.Contains("so none is made before 2031-01-01 00:01:00 UTC. Other facilities are not concerned. The last failure: the gateway answered HTTP 503", open.LastError, StringComparison.Ordinal);
        int calls = ingestion.Gateway.Calls.CountOf(List, SoapIngestion.Faulty);
        await ingestion.PollAsync();
        Assert.Equal(calls, ingestion.Gateway.Calls.CountOf(List, SoapIngestion.Faulty));
        handle.Remove();
        time.Advance(TimeSpan.FromMinutes(1));
        Dictionary<string, FacilityReport> reports = await ingestion.PollAsync();

        Assert.All(reports.Values, report => Assert.Null(report.Error));
        AssertAllStoredOnceAndAcknowledged(ingestion);
    }

    [Fact]
    public async Task AnswerOfASearchIsCapped_TheWindowIsCutUntilAllIsFound()
    {
        await using SoapIngestion ingestion = await SoapIngestion.StartAsync(options =>
        {
            options.Mode = ListingMode.Search;
            options.Searches.Add(new SearchQuery { Direction = 1, TransactionId = -1 });
            options.Searches.Add(new SearchQuery { Direction = 2, TransactionId = -1 });
            options.AnswerCap = 1;
        });

        await ingestion.PollAsync();

        AssertAllStoredOnceAndAcknowledged(ingestion);
        Assert.True(ingestion.Gateway.Calls.CountOf(Search) > 18, "no window was cut");
    }

    private static TheoryData<GatewayFault, string, string> Faults()
    {
        var faults = new TheoryData<GatewayFault, string, string>();
        foreach (string operation in new[] { List, Search, Download, Acknowledge })
        {
            faults.Add(GatewayFault.Hang, operation, "no whole answer came within 00:00:03");
            faults.Add(GatewayFault.DropMidBody, operation, "the connection was dropped before the whole answer had come");
            faults.Add(GatewayFault.Http500, operation, "HTTP 500");
            faults.Add(GatewayFault.Http503, operation, "HTTP 503 with an HTML page: it is out of order or in maintenance");
            faults.Add(GatewayFault.SoapFault, operation, "a SOAP fault of its own (Server)");
            faults.Add(GatewayFault.Result, operation, "the gateway had an unexpected error (result -4)");
            faults.Add(GatewayFault.WrongPassword, operation, "the gateway refused the login (result -1)");
            faults.Add(GatewayFault.Garbage, operation, "not a readable SOAP envelope");
        }

        faults.Add(GatewayFault.TruncatedBase64, Download, "the base64 of the file is cut off or damaged");
        return faults;
    }

    private static void AssertWhole(SoapIngestion ingestion, string facilityId, params FacilityReport[] reports)
    {
        FileTotals truth = ingestion.Truth.Facilities[facilityId];
        Assert.Equal(
            (truth.Files, truth.Quarantined, truth.Skipped, truth.Claims, truth.Activities, truth.RemittanceClaims),
            (reports.Sum(r => r.Stored), reports.Sum(r => r.Quarantined), reports.Sum(r => r.Skipped), reports.Sum(r => r.Counts.Claims),
                reports.Sum(r => r.Counts.Activities), reports.Sum(r => r.Counts.RemittanceClaims)));
    }

    private static void AssertAllStoredOnceAndAcknowledged(SoapIngestion ingestion)
    {
        FileTotals truth = ingestion.Truth.Totals;
        IReadOnlyList<SubmittedClaim> submitted = ingestion.Store.Submitted;
        Assert.Equal(
            (truth.Claims, truth.Activities, truth.RemittanceClaims, truth.LeftOut),
            (submitted.Count, submitted.Sum(c => c.Activities.Count), ingestion.Store.Remitted.Count, ingestion.Store.Errors.Count));
        Assert.All(ingestion.Truth.Facilities.Keys, id => Assert.Empty(ingestion.Gateway.Inboxes.Undownloaded(id)));
    }
}
