using System.Globalization;
using Claims.Ingestion.EClaimLink.Tests.Support;
using Claims.Ingestion.Polling;
using Microsoft.Extensions.Time.Testing;

namespace Claims.Ingestion.EClaimLink.Tests.Calls;

/// <summary>What goes wrong at the gateway: what the poller does about it, and what it tells an operator.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private const string Listing = "GetNewTransactions";

    private StubGateway _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await StubGateway.StartAsync();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task List_TransientCodeThenSuccess_IsTriedAgain()
    {
        await using var host = new PollerHost(_gateway);
        _gateway.Answer(Listing, Answers.Response(Listing, -4), Answers.New(0, Answers.List("a", "b")));

        Assert.Equal(["a", "b"], (await host.ListAsync()).Select(f => f.ExternalId));

        Assert.Equal(2, _gateway.CountOf(Listing));
        Assert.Equal(["-4", "0"], host.Results);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(503)]
    public async Task List_HttpErrorThatLasts_IsTriedAgainAndThenNamed(int status)
    {
        await using var host = new PollerHost(_gateway);
        _gateway.Answer(Listing, context => Answers.AnswerAsync(context, "out of order", status, "text/plain"));

        string error = await host.ListErrorAsync();

        Assert.Equal(3, _gateway.CountOf(Listing));
        Assert.StartsWith("Facility F-1, GetNewTransactions: ", error, StringComparison.Ordinal);
        Assert.Contains(status.ToString(CultureInfo.InvariantCulture), error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_SoapFault_IsNamedWithoutItsText()
    {
        await using var host = new PollerHost(_gateway);
        _gateway.Answer(Listing, context => Answers.AnswerAsync(context, Answers.Fault, 500));

        string error = await host.ListErrorAsync();

        Assert.Contains("SOAP fault", error, StringComparison.Ordinal);
        Assert.DoesNotContain("planted", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<html><body>maintenance</body></html>", "text/html", "HTML page")]
    [InlineData("no envelope at all", "text/xml", "not a readable SOAP envelope")]
    [InlineData("", "text/xml", "the answer was empty")]
    public async Task List_AnswerThatIsNoSoap_IsNamed(string text, string contentType, string expected)
    {
        await using var host = new PollerHost(_gateway);
        _gateway.Answer(Listing, context => Answers.AnswerAsync(context, text, contentType: contentType));

        Assert.Contains(expected, await host.ListErrorAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Download_ConnectionDroppedInTheMiddle_IsTriedAgain()
    {
        await using var host = new PollerHost(_gateway);
        byte[] content = [.. Enumerable.Range(0, 5000).Select(i => (byte)i)];
        _gateway.Answer("DownloadTransactionFile", context => Answers.DropAsync(context, Answers.File(content)), context => Answers.AnswerAsync(context, Answers.File(content)));

        byte[]? downloaded = await host.DownloadAsync();

        Assert.Equal(2, _gateway.CountOf("DownloadTransactionFile"));
        Assert.True(content.AsSpan().SequenceEqual(downloaded));
    }

    [Fact]
    public async Task Download_NoAnswerWithinTheAttemptTimeout_IsNamed()
    {
        await using var host = new PollerHost(_gateway, options =>
        {
            options.AttemptTimeout = TimeSpan.FromSeconds(1);
            options.RetryCount = 0;
        });
        _gateway.Answer("DownloadTransactionFile", context => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted));

        Assert.Contains("no whole answer came within 00:00:01", await host.DownloadErrorAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Download_CutBase64_IsAnErrorOfThatFileOnly()
    {
        await using var host = new PollerHost(_gateway);
        _gateway.Answer("DownloadTransactionFile", Answers.File("QUJDR"), Answers.File([1, 2, 3]));

        Assert.Contains("base64", await host.DownloadErrorAsync(), StringComparison.Ordinal);
        Assert.Equal((IEnumerable<byte>)[1, 2, 3], (await host.DownloadAsync("file-2"))!);
    }

    [Fact]
    public async Task Download_FileListedAndThenGone_IsNoError()
    {
        await using var host = new PollerHost(_gateway);
        _gateway.Answer("DownloadTransactionFile", Answers.Response("DownloadTransactionFile", -6));

        Assert.Null(await host.DownloadAsync());
    }

    [Fact]
    public async Task Download_FileThatNeverComesWhole_IsLeftAloneForTheRestOfTheDay()
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2031, 2, 1, 8, 0, 0, TimeSpan.Zero));
        await using var host = new PollerHost(_gateway, options => options.MaxDownloadsPerFile = 3, time);
        _gateway.Answer("DownloadTransactionFile", Answers.File("QUJDR"), Answers.Response("DownloadTransactionFile", -6), Answers.File("QUJDR"), Answers.File([1]));
        await host.DownloadErrorAsync();
        Assert.Null(await host.DownloadAsync());
        await host.DownloadErrorAsync();

        string error = await host.DownloadErrorAsync();

        Assert.Equal(
            "Facility F-1: file file-1 was asked for 3 times within a day and never came whole, so it is left alone until 2031-02-02 08:00 UTC. Ask the gateway's operator about it.",
            error);
        Assert.Equal(3, _gateway.CountOf("DownloadTransactionFile"));
        time.Advance(TimeSpan.FromDays(1));
        Assert.Equal((IEnumerable<byte>)[1], (await host.DownloadAsync())!);
    }

    [Fact]
    public async Task Outcomes_OfRefusedLoginAndOpenBreaker_AreTold()
    {
        await using var host = new PollerHost(_gateway, options =>
        {
            options.BreakerMinimumCalls = 2;
            options.RetryCount = 0;
        });
        _gateway.Respond = (call, context) => call.Value("login") == PollerHost.Login
            ? Answers.AnswerAsync(context, Answers.Response(call.Operation, -1))
            : Answers.AnswerAsync(context, "down", 503, "text/plain");

        var refused = await Assert.ThrowsAsync<FacilityPollException>(() => host.ListAsync());
        await host.ListErrorAsync(host.Other);
        var failed = await Assert.ThrowsAsync<FacilityPollException>(() => host.ListAsync(host.Other));
        var open = await Assert.ThrowsAsync<FacilityPollException>(() => host.ListAsync(host.Other));

        Assert.Equal((PollOutcome.CredentialRefused, PollOutcome.Failed, PollOutcome.CircuitOpen), (refused.Outcome, failed.Outcome, open.Outcome));
    }

    [Fact]
    public async Task List_SameFileTwice_IsListedOnce()
    {
        await using var host = new PollerHost(_gateway);
        _gateway.Answer(Listing, Answers.New(0, Answers.List("a", "a", "b")));

        Assert.Equal(["a", "b"], (await host.ListAsync()).Select(f => f.ExternalId));
    }

    [Theory]
    [InlineData(-3, 1)]
    [InlineData(-7, 1)]
    [InlineData(-10, 1)]
    [InlineData(-99, 3)]
    public async Task List_RefusingCode_IsTriedAgainOnlyWhereThatMayHelp(int code, int calls)
    {
        await using var host = new PollerHost(_gateway);
        _gateway.Answer(Listing, Answers.Response(Listing, code));

        string error = await host.ListErrorAsync();

        Assert.Contains(code.ToString(CultureInfo.InvariantCulture), error, StringComparison.Ordinal);
        Assert.Equal(calls, _gateway.CountOf(Listing));
        Assert.Equal(code == -99 ? 3 : 0, host.UnknownCodes.GetMeasurementSnapshot().Count);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(-2)]
    public async Task List_LoginRefused_ParksTheFacilityUntilTheCredentialChanges(int code)
    {
        await using var host = new PollerHost(_gateway);
        _gateway.Respond = (call, context) => Answers.AnswerAsync(
            context, call.Value("pwd") == PollerHost.Password ? Answers.Response(call.Operation, code) : Answers.New(0, Answers.List("a")));

        await host.ListErrorAsync();
        await host.ListErrorAsync();
        string parked = await host.ListErrorAsync();

        Assert.Equal(1, _gateway.CountOf(Listing));
        Assert.Contains("F-1", parked, StringComparison.Ordinal);
        Assert.Single(await host.ListAsync(host.Other));
        host.SetPassword("F-1", "the-new-one");
        Assert.Single(await host.ListAsync());
    }

    [Fact]
    public async Task Breaker_OfOneFacility_NeverTouchesAnother()
    {
        await using var host = new PollerHost(_gateway, options =>
        {
            options.BreakerMinimumCalls = 3;
            options.RetryCount = 0;
        });
        _gateway.Respond = (call, context) => call.Value("login") == PollerHost.Login
            ? Answers.AnswerAsync(context, "down", 503, "text/plain")
            : Answers.AnswerAsync(context, Answers.New(0, Answers.List("a")));
        for (int i = 0; i < 3; i++) await host.ListErrorAsync();
        int before = _gateway.CountOf(Listing);

        string error = await host.ListErrorAsync();

        Assert.Contains("none is made before", error, StringComparison.Ordinal);
        Assert.Equal(before, _gateway.CountOf(Listing));
        Assert.Single(await host.ListAsync(host.Other));
    }

    [Fact]
    public async Task Facility_WithoutACredential_IsToldWhereToSetIt()
    {
        await using var host = new PollerHost(_gateway);

        string error = await host.ListErrorAsync(host.Facility with { Id = "F-3" });

        Assert.Contains("Claims:Credentials:F-3:Login", error, StringComparison.Ordinal);
        Assert.Empty(_gateway.Calls);
    }

    [Fact]
    public async Task Errors_AndLogs_NeverHoldTheLogin()
    {
        await using var host = new PollerHost(_gateway);
        var errors = new List<string>();
        foreach (Func<Microsoft.AspNetCore.Http.HttpContext, Task> answer in new Func<Microsoft.AspNetCore.Http.HttpContext, Task>[]
        {
            context => Answers.AnswerAsync(context, Answers.Fault, 500),
            context => Answers.AnswerAsync(context, "garbage"),
            context => Answers.DropAsync(context, Answers.New(0, Answers.List("a"))),
            context => Answers.AnswerAsync(context, Answers.Response(Listing, -99)),
            context => Answers.AnswerAsync(context, Answers.Response(Listing, -1)),
        })
        {
            _gateway.Answer(Listing, answer);
            Exception error = await Assert.ThrowsAnyAsync<Exception>(() => host.ListAsync());
            errors.Add(error.ToString());
        }

        errors.AddRange(host.Logs.GetSnapshot().Select(record => $"{record.Message} {record.Exception}"));
        Assert.All(errors, text =>
        {
            Assert.DoesNotContain(PollerHost.Login, text, StringComparison.Ordinal);
            Assert.DoesNotContain("test-password", text, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Acknowledge_Refused_IsAnErrorAndMayBeRepeated()
    {
        await using var host = new PollerHost(_gateway);
        const string Operation = "SetTransactionDownloaded";
        _gateway.Answer(Operation, Answers.Response(Operation, -4), Answers.Response(Operation, -4), Answers.Response(Operation, -4), Answers.Response(Operation, 0));

        await Assert.ThrowsAsync<FacilityPollException>(async () => await host.AcknowledgeAsync());
        await host.AcknowledgeAsync();

        Assert.Equal(4, _gateway.CountOf(Operation));
    }
}
