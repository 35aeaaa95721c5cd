using Claims.Ingestion.Pipeline;

namespace Claims.Ingestion.Tests.Pipeline;

/// <summary>The sizer against a simulated database that costs so much for a batch, so much for a claim, and noise.</summary>
public sealed class BatchSizerTests
{
    private static readonly PipelineOptions _options = new();

    private readonly Random _random = new(Seed: 7);
    private readonly BatchSizer _sizer = new(_options);
    private double _fixedMs = 10;
    private double _claimMs = 0.1;
    private double _noise = 0.2;

    /// <summary>The size at which storing takes the target.</summary>
    private double Best => (_options.BatchTarget.TotalMilliseconds - _fixedMs) / _claimMs;

    [Theory]
    [InlineData(10, 0.1)]
    [InlineData(100, 0.1)]
    [InlineData(5, 2)]
    [InlineData(0, 0.06)]
    public void Claims_SteadyDatabase_ConvergeAndStayNearTheBestSize(double fixedMs, double claimMs)
    {
        (_fixedMs, _claimMs) = (fixedMs, claimMs);
        Store(batches: 25);

        IReadOnlyList<int> sizes = Store(batches: 500);
        Assert.All(sizes, size => Assert.InRange(size, 0.75 * Best, 1.3 * Best));
        Assert.InRange(sizes.Average(), 0.9 * Best, 1.1 * Best);
    }

    [Fact]
    public void Claims_DatabaseBecomesTenTimesSlowerAndFastAgain_FollowWithinTwentyFiveBatches()
    {
        Store(batches: 50);
        (_fixedMs, _claimMs) = (100, 1);
        IReadOnlyList<int> falling = Store(batches: 25);
        Assert.InRange(falling.Min(), 0.4 * Best, Best);
        Assert.All(Store(batches: 200), size => Assert.InRange(size, 0.75 * Best, 1.3 * Best));

        (_fixedMs, _claimMs) = (10, 0.1);
        IReadOnlyList<int> rising = Store(batches: 25);
        Assert.InRange(rising.Max(), Best, 1.3 * Best);
        Assert.All(Store(batches: 200), size => Assert.InRange(size, 0.75 * Best, 1.3 * Best));
    }

    [Fact]
    public void Claims_FromBatchToBatch_MoveByABoundedFactor()
    {
        IReadOnlyList<int> sizes = Store(batches: 50);
        (_fixedMs, _claimMs) = (1000, 10);
        sizes = [.. sizes, .. Store(batches: 50)];
        (_fixedMs, _claimMs) = (0, 0.001);
        sizes = [.. sizes, .. Store(batches: 50)];

        Assert.All(sizes.Zip(sizes.Skip(1)), pair => Assert.InRange(pair.Second, Math.Floor(pair.First * BatchSizer.MostShrinking), Math.Ceiling(pair.First * BatchSizer.MostGrowth)));
        Assert.Equal((_options.MinBatchClaims, _options.MaxBatchClaims), (sizes.Min(), sizes.Max()));
    }

    [Fact]
    public void Record_OneOutlier_ChangesNothing()
    {
        Store(batches: 50);
        int before = _sizer.Claims;

        _sizer.Record(before, TimeSpan.FromSeconds(30));
        Assert.Equal(before, _sizer.Claims);
        _noise = 0;
        Store(batches: 1);
        _sizer.Record(before, TimeSpan.FromMilliseconds(1));

        Assert.InRange(_sizer.Claims, 0.9 * before, 1.1 * before);
    }

    [Fact]
    public void Record_LessThanHalfFull_ChangesNothing()
    {
        for (int i = 0; i < 10; i++) _sizer.Record(3, TimeSpan.FromSeconds(2));

        Assert.Equal(_options.BatchClaims, _sizer.Claims);
    }

    [Fact]
    public void Claims_FixedCostAboveTheTarget_DoNotFallToTheSmallest()
    {
        (_fixedMs, _claimMs) = (400, 0.1);

        Assert.InRange(Store(batches: 500)[^1], 2 * _options.MinBatchClaims, _options.MaxBatchClaims);
    }

    [Fact]
    public void Ceiling_WhileItIsSet_HoldsAndTheWayUpIsGradual()
    {
        Store(batches: 50);
        _sizer.Ceiling = 20;
        Assert.All(Store(batches: 100), size => Assert.Equal(20, size));

        _sizer.Ceiling = int.MaxValue;
        IReadOnlyList<int> rising = Store(batches: 60);
        Assert.InRange(rising[0], 20, _options.MinBatchClaims);
        Assert.InRange(rising[^1], 0.75 * Best, 1.3 * Best);
    }

    [Fact]
    public void Claims_ToStartWith_AreTheOnesThatAreSet() => Assert.Equal(700, new BatchSizer(new PipelineOptions { BatchClaims = 700 }).Claims);

    /// <returns>The sizes of the batches.</returns>
    private List<int> Store(int batches)
    {
        var sizes = new List<int>();
        for (int i = 0; i < batches; i++)
        {
            int claims = _sizer.Claims;
            sizes.Add(claims);
            _sizer.Record(claims, TimeSpan.FromMilliseconds((_fixedMs + (_claimMs * claims)) * (1 + (_noise * ((2 * _random.NextDouble()) - 1)))));
        }

        return sizes;
    }
}
