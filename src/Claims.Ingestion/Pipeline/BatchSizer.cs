namespace Claims.Ingestion.Pipeline;

/// <summary>
/// How many claims a batch should hold so that storing it takes about the target: learned from the batches that were stored, as
/// a fixed cost and a cost for each claim, by least squares over the last ones. All writers share one.
/// </summary>
internal sealed class BatchSizer
{
    /// <summary>How far the size moves after one batch at most.</summary>
    internal const double MostGrowth = 1.25;
    internal const double MostShrinking = 0.5;

    /// <summary>What a batch still counts after the next one.</summary>
    private const double Memory = 0.9;

    /// <summary>How much the sizes of the last batches must differ, as a part of their mean, to say as much of the cost per claim as is known already.</summary>
    private const double Inertia = 0.3;

    /// <summary>So many times slower or faster than expected is believed only when it comes twice in a row.</summary>
    private const double Surprise = 3;

    /// <summary>The part of the time that belongs to the claims at least.</summary>
    private const double LeastShare = 0.1;

    /// <summary>What part of the target is left to the claims however high the fixed cost is: still smaller batches would only pay it more often.</summary>
    private const double LeastTarget = 0.25;

    /// <summary>So short a time is not measured well.</summary>
    private const double ShortestSeconds = 0.0001;

    private readonly Lock _gate = new();
    private readonly double _target;
    private readonly int _min;
    private readonly int _max;
    private int _claims;
    private double _fixedCost;
    private double _costPerClaim;
    private int _surprise;
    private (double Weight, double Claims, double Seconds, double ClaimsClaims, double ClaimsSeconds) _sums;

    public BatchSizer(PipelineOptions options)
    {
        _target = options.BatchTarget.TotalSeconds;
        _min = options.MinBatchClaims;
        _max = options.MaxBatchClaims;
        _claims = options.BatchClaims;
    }

    /// <summary>A batch takes further files while it holds fewer claims than this.</summary>
    public int Claims
    {
        get
        {
            lock (_gate) return Size;
        }
    }

    /// <summary>Whoever gives way to others sets a lower limit, which holds also below the smallest size; at least 1.</summary>
    public int Ceiling
    {
        get
        {
            lock (_gate) return field;
        }

        set
        {
            lock (_gate) field = Math.Max(1, value);
        }
    } = int.MaxValue;

    private int Size => Math.Min(_claims, Ceiling);

    /// <summary>A batch of so many claims was stored. One that was less than half full says nothing of a full one.</summary>
    public void Record(int claims, TimeSpan elapsed)
    {
        lock (_gate)
        {
            if (claims < 1 || claims < Size / 2) return;
            double seconds = Math.Max(ShortestSeconds, elapsed.TotalSeconds);
            if (_sums.Weight > 0 && IsDoubted(seconds / (_fixedCost + (_costPerClaim * claims)))) return;
            Learn(claims, seconds);
            double wanted = Math.Max(_target - _fixedCost, LeastTarget * _target) / _costPerClaim;
            double reached = Math.Clamp(wanted, Size * MostShrinking, Math.Max(Size + 1, Size * MostGrowth));
            _claims = (int)Math.Clamp(Math.Round(reached), _min, _max);
        }
    }

    /// <summary>One surprise is an outlier. A second one says that the database is another now: so many times slower or faster in everything.</summary>
    private bool IsDoubted(double ratio)
    {
        int surprise = ratio > Surprise ? 1 : ratio < 1 / Surprise ? -1 : 0;
        bool isFirst = surprise != 0 && surprise != _surprise;
        _surprise = surprise;
        if (surprise == 0 || isFirst) return isFirst;
        _sums.Seconds *= ratio;
        _sums.ClaimsSeconds *= ratio;
        _costPerClaim *= ratio;
        return false;
    }

    private void Learn(double claims, double seconds)
    {
        _sums = (
            (_sums.Weight * Memory) + 1,
            (_sums.Claims * Memory) + claims,
            (_sums.Seconds * Memory) + seconds,
            (_sums.ClaimsClaims * Memory) + (claims * claims),
            (_sums.ClaimsSeconds * Memory) + (claims * seconds));
        double meanClaims = _sums.Claims / _sums.Weight;
        double meanSeconds = _sums.Seconds / _sums.Weight;
        double variance = Math.Max(0, (_sums.ClaimsClaims / _sums.Weight) - (meanClaims * meanClaims));
        double covariance = (_sums.ClaimsSeconds / _sums.Weight) - (meanClaims * meanSeconds);

        // While all batches are of one size they do not tell the costs apart, and what was learned before goes on to hold.
        double known = _costPerClaim > 0 ? _costPerClaim : seconds / claims;
        double inertia = Inertia * Inertia * meanClaims * meanClaims;
        double most = meanSeconds / meanClaims;
        _costPerClaim = Math.Clamp((covariance + (inertia * known)) / (variance + inertia), LeastShare * most, most);
        _fixedCost = meanSeconds - (_costPerClaim * meanClaims);
    }
}
