using Claims.Ingestion.Governing;
using Claims.Ingestion.Pipeline;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace Claims.Ingestion.Tests.Governing;

public sealed class GovernorTests : IAsyncDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeSource _source = new();
    private ServiceProvider? _services;

    public ValueTask DisposeAsync() => _services?.DisposeAsync() ?? default;

    [Fact]
    public void Decide_UsersSuffer_CutsBatchesAndPace()
    {
        Governor governor = Create();
        _ = _services!.GetRequiredService<Governed>().WorkAsync(() => new TaskCompletionSource().Task);
        _source.Latency = TimeSpan.FromSeconds(1);

        Decide(governor, 6);

        Assert.True(governor.Status.Share < 0.1);
        Assert.Equal("latency", governor.Status.Signal);
        Assert.StartsWith("users' queries take 1000.0 ms, in quiet not known yet, allowed 250.0", governor.Status.Reason, StringComparison.Ordinal);
        Assert.Equal(100, _services!.GetRequiredService<BatchSizer>().Claims);
        Assert.Equal(governor.Status.Share, Math.Round(_services!.GetRequiredService<Governed>().Limits.Share, 4));
    }

    [Fact]
    public void Decide_ObserveOnly_SaysWhatItWouldDoAndDoesNothing()
    {
        Governor governor = Create(("ObserveOnly", "true"));
        _ = _services!.GetRequiredService<Governed>().WorkAsync(() => new TaskCompletionSource().Task);
        _source.Latency = TimeSpan.FromSeconds(1);

        Decide(governor, 6);

        Assert.True(governor.Status.Share < 0.1);
        Assert.Equal(1, _services!.GetRequiredService<Governed>().Limits.Share);
        Assert.Equal(500, _services!.GetRequiredService<BatchSizer>().Claims);
    }

    [Fact]
    public void Acting_IsTheDefault() => Assert.False(new GovernorOptions().ObserveOnly);

    [Fact]
    public void Decide_SourceFails_IsTheSafeShareUntilItIsBack()
    {
        Governor governor = Create();
        _source.Failure = new InvalidOperationException("no luck");

        Decide(governor, 1);

        Assert.Equal((0.25, "dead", "the safe share, because FakeSource failed: no luck"), (governor.Status.Share, governor.Status.Signal, governor.Status.Reason));
        _source.Failure = null;
        Decide(governor, 60);
        Assert.Equal((1, "none"), (governor.Status.Share, governor.Status.Signal));
    }

    [Fact]
    public void Decide_ClockIsSet_ChangesNothing()
    {
        Governor governor = Create();
        _source.Latency = TimeSpan.FromMilliseconds(10);
        Decide(governor, 10);

        _time.AdjustTime(_time.GetUtcNow() + TimeSpan.FromDays(400));
        Decide(governor, 10);

        Assert.Equal(1, governor.Status.Share);
        Assert.Equal(TimeSpan.FromMilliseconds(10), governor.Status.Baseline);
    }

    [Fact]
    public void History_IsBounded()
    {
        Governor governor = Create();

        Decide(governor, Governor.HistoryLength + 10);

        Assert.Equal(Governor.HistoryLength, governor.History.Count);
        Assert.Equal(governor.Status, governor.History[^1]);
    }

    [Fact]
    public async Task Stop_LetsGo()
    {
        Governor governor = Create();
        _ = _services!.GetRequiredService<Governed>().WorkAsync(() => new TaskCompletionSource().Task);
        await governor.StartAsync(TestContext.Current.CancellationToken);
        _source.Latency = TimeSpan.FromSeconds(1);
        Decide(governor, 4);
        Assert.True(_services!.GetRequiredService<Governed>().Limits.Share < 1);

        await governor.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1, _services!.GetRequiredService<Governed>().Limits.Share);
    }

    [Theory]
    [InlineData("UserLatencyTarget", "1", "Claims:Governor:UserLatencyTarget is 1; it must be from 1.05 to 100.")]
    [InlineData("MinShare", "0", "Claims:Governor:MinShare is 0; it must be from 0.001 to 1.")]
    public void Options_OutOfRange_AreRefusedWithTheirLimits(string name, string value, string message) =>
        Assert.Contains(message, Assert.Throws<OptionsValidationException>(() => Create((name, value))).Message, StringComparison.Ordinal);

    private Governor Create(params (string Name, string Value)[] settings)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(_time);
        services.AddSingleton<IGovernorSource>(_source);
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => $"Claims:Governor:{s.Name}", s => (string?)s.Value)).Build();
        services.AddClaimsIngestion(configuration.GetSection("Claims")).UseInMemoryStore();
        _services = services.BuildServiceProvider();
        return _services.GetRequiredService<Governor>();
    }

    private void Decide(Governor governor, int times)
    {
        for (int i = 0; i < times; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(500));
            governor.DecideOnce();
        }
    }

    private sealed class FakeSource : IGovernorSource
    {
        public TimeSpan? Latency { get; set; }

        public Exception? Failure { get; set; }

        public GovernorSignals Add(GovernorSignals signals) => Failure is null ? signals with { UserLatency = Latency, UserLatencySpan = TimeSpan.FromSeconds(1) } : throw Failure;
    }
}
