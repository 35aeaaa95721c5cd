using System.ComponentModel.DataAnnotations;

namespace Claims.Ingestion.EClaimLink;

/// <summary>How facilities are polled at the eClaimLink gateway.</summary>
public sealed class EClaimLinkOptions
{
    /// <summary>The name of the HTTP client, for <c>services.AddHttpClient(EClaimLinkOptions.HttpClientName)</c>: certificates, TLS, proxies.</summary>
    public const string HttpClientName = "Claims.EClaimLink";

    /// <summary>How the gateway is asked for a facility's files.</summary>
    /// <value>The default is <see cref="ListingMode.Both"/>.</value>
    public ListingMode Mode { get; set; } = ListingMode.Both;

    /// <summary>By which element SetTransactionDownloaded names the file.</summary>
    /// <value>The default is <see cref="FileIdElement.Both"/>.</value>
    public FileIdElement FileIdElement { get; set; } = FileIdElement.Both;

    /// <summary>What is searched for.</summary>
    /// <value>The default is empty, which stands for what a provider needs: its own submissions (1, 2) and the remittances to it (2, 8), not yet downloaded.</value>
    public IList<SearchQuery> Searches { get; } = [];

    /// <summary>How far back a facility's first search in a process reaches, the first after an outage, and one each <see cref="LookBackEvery"/>.</summary>
    /// <value>The default is 30 days; from 1 hour to 1,000 days.</value>
    [Range(typeof(TimeSpan), "01:00:00", "1000.00:00:00")]
    public TimeSpan FirstLookBack { get; set; } = TimeSpan.FromDays(30);

    /// <summary>After how long without a complete listing a facility is searched over the whole look-back again.</summary>
    /// <value>The default is 6 hours; from 1 minute to 30 days.</value>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan OutageAfter { get; set; } = TimeSpan.FromHours(6);

    /// <summary>How often a facility is searched over the whole look-back, though nothing seems wrong: files may appear with an old date.</summary>
    /// <value>The default is 1 day; from 1 minute to 30 days.</value>
    [Range(typeof(TimeSpan), "00:01:00", "30.00:00:00")]
    public TimeSpan LookBackEvery { get; set; } = TimeSpan.FromDays(1);

    /// <summary>How far every other search reaches back behind the last complete listing: the gateway's clock and dates are not to be trusted to the minute.</summary>
    /// <value>The default is 1 day; from 0 to 30 days.</value>
    [Range(typeof(TimeSpan), "00:00:00", "30.00:00:00")]
    public TimeSpan SearchOverlap { get; set; } = TimeSpan.FromDays(1);

    /// <summary>The longest time that one search spans.</summary>
    /// <value>The default is 100 days, which the gateway takes; from 1 hour to 100 days.</value>
    [Range(typeof(TimeSpan), "01:00:00", "100.00:00:00")]
    public TimeSpan MaxSearchWindow { get; set; } = TimeSpan.FromDays(100);

    /// <summary>The shortest time that a search is cut down to, when its answer is capped or its window too long.</summary>
    /// <value>The default is 1 minute; from 1 second to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan SmallestSearchWindow { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>With how many files an answer counts as capped, so that its window is cut in halves.</summary>
    /// <value>The default is 0: not known, so that exactly 100, 500 or 1,000 files count as capped; from 0 to 1,000,000.</value>
    [Range(0, 1_000_000)]
    public int AnswerCap { get; set; }

    /// <summary>The largest answer to a listing, in bytes.</summary>
    /// <value>The default is 32 MiB; from 64 KiB to 256 MiB.</value>
    [Range(64 * 1024, 256 * 1024 * 1024)]
    public int MaxListingBytes { get; set; } = 32 * 1024 * 1024;

    /// <summary>How many downloads are under way at once, over all facilities.</summary>
    /// <value>The default is 16; from 1 to 1,000.</value>
    [Range(1, 1000)]
    public int MaxConcurrentDownloads { get; set; } = 16;

    /// <summary>How often within a day a file is asked for that comes damaged, or is listed but gone. Gateways lock users who download a file too often.</summary>
    /// <value>The default is 8; from 1 to 1,000.</value>
    [Range(1, 1000)]
    public int MaxDownloadsPerFile { get; set; } = 8;

    /// <summary>Whether an <c>http</c> address on another machine is called. Logins travel in the request, readable by anyone on the way.</summary>
    /// <value>The default is <see langword="false"/>: <c>https</c>, or <c>http</c> on this machine.</value>
    public bool AllowHttp { get; set; }

    /// <summary>How long one try of a call may take.</summary>
    /// <value>The default is 3 minutes: the live service was seen to take 126 seconds; from 1 second to 1 hour.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromMinutes(3);

    /// <summary>How long a call may take with all its tries, and with its wait for one of the <see cref="MaxConcurrentDownloads"/>.</summary>
    /// <value>The default is 10 minutes; from 1 second to 1 day, and at least <see cref="AttemptTimeout"/>.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan TotalTimeout { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often a call is tried again after a passing failure.</summary>
    /// <value>The default is 3; from 0 to 10.</value>
    [Range(0, 10)]
    public int RetryCount { get; set; } = 3;

    /// <summary>The wait before the first retry. It doubles with each further one, and varies at random.</summary>
    /// <value>The default is 2 seconds; from 1 millisecond to 1 hour.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest wait before a retry.</summary>
    /// <value>The default is 30 seconds; from 1 millisecond to 1 hour, and at least <see cref="RetryDelay"/>.</value>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The share of a facility's calls that must fail before its circuit breaker opens.</summary>
    /// <value>The default is 0.5; from 0.01 to 1.</value>
    [Range(0.01, 1.0)]
    public double BreakerFailureRatio { get; set; } = 0.5;

    /// <summary>How many calls a facility must have made within <see cref="BreakerSamplingTime"/> before its circuit breaker judges them.</summary>
    /// <value>The default is 8; from 2 to 1,000.</value>
    [Range(2, 1000)]
    public int BreakerMinimumCalls { get; set; } = 8;

    /// <summary>Over how long a circuit breaker counts.</summary>
    /// <value>The default is 5 minutes; from 1 second to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan BreakerSamplingTime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long an open circuit breaker lets no call through.</summary>
    /// <value>The default is 1 minute; from 1 second to 1 day.</value>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan BreakerOpenTime { get; set; } = TimeSpan.FromMinutes(1);
}
