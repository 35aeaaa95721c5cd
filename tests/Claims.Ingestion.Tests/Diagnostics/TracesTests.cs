using System.Diagnostics;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Storage;
using Claims.Ingestion.Tests.Fakes;

namespace Claims.Ingestion.Tests.Diagnostics;

/// <summary>Every test has a facility of its own: the spans of all tests are heard.</summary>
public sealed class TracesTests
{
    [Fact]
    public async Task OneFile_IsFollowedFromThePollToTheAcknowledgement()
    {
        using var spans = new Spans();
        await using Kit kit = Create("TRACE-1");
        ClaimFile? file = null;
        kit.Store.OnStore = (batch, _) => Task.FromResult(file = batch[0].File);
        Facility facility = kit.Directory.Facilities[0];
        kit.Poller.Put(facility, "a", FakeReader.Text("a", claims: 3));
        await kit.StartAsync();

        await kit.Control.PollAllOnceAsync(Waiting.Token).Soon();
        await kit.StopCleanAsync();

        Activity poll = Assert.Single(spans.Of("TRACE-1", "claims.poll"));
        Activity fetch = Assert.Single(spans.Of("TRACE-1", "claims.fetch"));
        Activity read = Assert.Single(spans.Of("TRACE-1", "claims.read"));
        Activity batch = Assert.Single(spans.Of("TRACE-1", "claims.batch"));
        Activity acknowledge = Assert.Single(spans.Of("TRACE-1", "claims.acknowledge"));
        Assert.Equal(default, poll.ParentSpanId);
        Assert.Equal(poll.SpanId, fetch.ParentSpanId);
        Assert.All([read, batch, acknowledge], span => Assert.Equal((fetch.TraceId, fetch.SpanId), (span.TraceId, span.ParentSpanId)));
        Assert.Equal(fetch.SpanId, Assert.Single(batch.Links).Context.SpanId);
        Assert.Equal(batch.SpanId, Assert.Single(acknowledge.Links).Context.SpanId);
        Assert.Equal((poll.TraceId.ToHexString(), poll.GetTagItem("claims.poll.id")), (file!.TraceId, file.PollId.ToString()));
        Assert.Equal(["claims.facility=TRACE-1", $"claims.poll.id={file.PollId}", "claims.poll.kind=manual", "claims.poll.outcome=succeeded"], Tags(poll));
        Assert.Equal(["claims.facility=TRACE-1", "claims.file.external_id=a", $"claims.file.size={file.Length}"], Tags(fetch));
        Assert.Equal(
            ["claims.claim.count=3", "claims.facility=TRACE-1", "claims.fate=stored", "claims.file.external_id=a", $"claims.file.size={file.Length}", "claims.kind=submission"], Tags(read));
        Assert.Equal(["claims.batch.files=1", "claims.claim.count=3", "claims.claim.left_out=0"], Tags(batch));
        Assert.Equal(["claims.facility=TRACE-1", "claims.fate=stored", "claims.file.external_id=a"], Tags(acknowledge));
        Assert.All([poll, fetch, read, batch, acknowledge], span => Assert.Equal(ActivityStatusCode.Unset, span.Status));
    }

    [Fact]
    public async Task Batch_OfSeveralFiles_IsLinkedToAllOfThem()
    {
        using var spans = new Spans();
        await using Kit kit = Create("TRACE-2", "TRACE-3");
        var gate = new Gate();
        kit.Store.OnStore = (_, token) => gate.PassAsync(token);
        kit.Poller.Put(kit.Facility, "first", FakeReader.Text("first"));
        foreach (Facility facility in kit.Directory.Facilities) kit.Poller.Put(facility, "a", FakeReader.Text(facility.Id));
        await kit.StartAsync();

        Task first = kit.PollAsync();
        await gate.Reached.WaitAsync();
        Task all = kit.Control.PollAllOnceAsync(Waiting.Token);
        await Waiting.UntilAsync(() => kit.Pipeline.Waiting.Writing == 2);
        gate.Open();
        await all.Soon();
        await first.Soon();
        await kit.StopCleanAsync();

        Activity batch = Assert.Single(spans.Of("TRACE-2", "claims.batch").Concat(spans.Of("TRACE-3", "claims.batch")));
        Activity[] fetches = [Assert.Single(spans.Of("TRACE-2", "claims.fetch")), Assert.Single(spans.Of("TRACE-3", "claims.fetch"))];
        Assert.Equal(fetches.Select(f => f.SpanId).ToHashSet(), batch.Links.Select(l => l.Context.SpanId).ToHashSet());
        Assert.Contains(batch.ParentSpanId, fetches.Select(f => f.SpanId));
        foreach (Activity fetch in fetches)
        {
            Activity acknowledge = Assert.Single(spans.Of((string)fetch.GetTagItem("claims.facility")!, "claims.acknowledge"));
            Assert.Equal((fetch.TraceId, fetch.SpanId), (acknowledge.TraceId, acknowledge.ParentSpanId));
            Assert.Equal(batch.SpanId, Assert.Single(acknowledge.Links).Context.SpanId);
        }
    }

    [Fact]
    public async Task Failures_AreSaidWithoutAnybodysWords()
    {
        using var spans = new Spans();
        await using Kit kit = Create("TRACE-4");
        Facility facility = kit.Directory.Facilities[0];
        kit.Poller.Put(facility, "gone", FakeReader.Text("gone"));
        kit.Poller.Put(facility, "left", FakeReader.Text("left"));
        kit.Poller.Put(facility, "stored", FakeReader.Text("stored"));
        kit.Poller.OnOpen = (_, file, _) => file.ExternalId == "gone" ? throw new FacilityPollException("secret words") : Task.CompletedTask;
        kit.Poller.OnAcknowledge = (_, _, _) => throw new TimeoutException("secret words");
        kit.Store.OnStore = (batch, _) => batch.Any(f => f.File.ExternalId == "left") ? throw new InvalidOperationException("secret words") : Task.CompletedTask;
        await kit.StartAsync();

        await kit.Control.PollAllOnceAsync(Waiting.Token).Soon();
        kit.Poller.OnList = (_, _) => throw new FacilityPollException("secret words") { Outcome = PollOutcome.CredentialRefused };
        await kit.Control.PollAllOnceAsync(Waiting.Token).Soon();
        await kit.Pipeline.StopAsync(Waiting.Token).Soon();

        Assert.Equal(["incomplete", "credential_refused"], spans.Of("TRACE-4", "claims.poll").Select(Error));
        Assert.Equal("FacilityPollException", Error(spans.Of("TRACE-4", "claims.fetch").Single(f => Equals(f.GetTagItem("claims.file.external_id"), "gone"))));
        Assert.Contains("left", spans.Of("TRACE-4", "claims.batch").Select(Error));
        Assert.All(spans.Of("TRACE-4", "claims.acknowledge"), span => Assert.Equal("TimeoutException", Error(span)));
        Assert.All(
            new[] { "claims.poll", "claims.fetch", "claims.read", "claims.batch", "claims.acknowledge" }.SelectMany(name => spans.Of("TRACE-4", name)),
            span => Assert.DoesNotContain("secret", $"{span.StatusDescription} {string.Join(' ', Tags(span))} {string.Join(' ', span.Events.SelectMany(e => e.Tags))}", StringComparison.Ordinal));

        static string? Error(Activity span) => span.Status == ActivityStatusCode.Error ? (string?)span.GetTagItem("error.type") : null;
    }

    [Fact]
    public async Task Poll_SomebodyAskedFor_IsATraceOfItsOwnThatIsLinkedToTheirs()
    {
        using var spans = new Spans();
        await using Kit kit = Create("TRACE-5");
        await kit.StartAsync();
        using var asker = new Activity("asker");
        asker.SetIdFormat(ActivityIdFormat.W3C).Start();

        await kit.Control.PollAllOnceAsync(Waiting.Token).Soon();
        asker.Stop();
        await kit.StopCleanAsync();

        Activity poll = Assert.Single(spans.Of("TRACE-5", "claims.poll"));
        Assert.NotEqual(asker.TraceId, poll.TraceId);
        Assert.Equal(asker.SpanId, Assert.Single(poll.Links).Context.SpanId);
    }

    [Theory]
    [InlineData(ActivitySamplingResult.None)]
    [InlineData(ActivitySamplingResult.PropagationData)]
    public async Task NotSampled_LeavesNoTraceInTheFile(ActivitySamplingResult sampling)
    {
        using var spans = new Spans(sampling);
        await using Kit kit = Create("TRACE-6");
        ClaimFile? file = null;
        kit.Store.OnStore = (batch, _) => Task.FromResult(file = batch[0].File);
        kit.Poller.Put(kit.Directory.Facilities[0], "a", FakeReader.Text("a"));
        await kit.StartAsync();

        await kit.Control.PollAllOnceAsync(Waiting.Token).Soon();
        await kit.StopCleanAsync();

        Assert.Null(file!.TraceId);
        Assert.NotNull(file.PollId);
    }

    private static Kit Create(params string[] facilityIds)
    {
        var kit = new Kit(pipeline: options => (options.Writers, options.BatchFiles) = (1, 2));
        kit.Directory.Facilities = [.. facilityIds.Select(id => new Facility(id, "fake", "nowhere"))];
        return kit;
    }

    private static IEnumerable<string> Tags(Activity span) => span.TagObjects.Select(tag => $"{tag.Key}={tag.Value}").Order(StringComparer.Ordinal);
}
