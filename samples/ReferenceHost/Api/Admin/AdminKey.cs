using System.Net;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;
using Microsoft.Extensions.Options;

namespace ReferenceHost.Api.Admin;

/// <summary>What became of a key that somebody showed.</summary>
internal enum KeyVerdict
{
    Right,
    Wrong,

    /// <summary>So many wrong ones came from the same address that none is looked at for a while.</summary>
    Limited,
}

/// <summary>The key of the settings, and how often it may be guessed.</summary>
internal sealed class AdminKey(IOptions<AdminOptions> options, ILogger<AdminKey> logger) : IDisposable
{
    /// <summary>The role of whoever has the key.</summary>
    public const string Role = "claims-operator";

    /// <summary>How somebody without a name is called in the record of actions.</summary>
    public const string DefaultName = "api key";

    /// <summary>For how long an address is not listened to.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMinutes(1);

    private const int LongestName = 100;
    private const int AttemptsInAPause = 10;
    private const string MarkClaim = "claims-key";

    private readonly byte[]? _hash = options.Value.ApiKey?.Trim() is { Length: > 0 } key ? Hash(key) : null;

    private readonly PartitionedRateLimiter<string> _attempts = PartitionedRateLimiter.Create<string, string>(
        address => RateLimitPartition.GetFixedWindowLimiter(address, _ => new FixedWindowRateLimiterOptions { PermitLimit = AttemptsInAPause, Window = Pause }));

    /// <summary>Whether there is one; without it nobody may act.</summary>
    public bool IsSet => _hash is not null;

    // Who signed in with another key has to sign in again.
    private string Mark => Convert.ToHexString(Hash("mark:" + Convert.ToHexString(_hash ?? [])));

    /// <summary>Compares a key in a time that does not depend on how much of it is right.</summary>
    public KeyVerdict Check(string given, IPAddress? from)
    {
        string address = from?.ToString() ?? "unknown";
        bool isRight = _hash is not null && CryptographicOperations.FixedTimeEquals(Hash(given.Trim()), _hash);
        if (_attempts.GetStatistics(address) is { CurrentAvailablePermits: 0 })
        {
            logger.KeyNotLookedAt(address);
            return KeyVerdict.Limited;
        }

        if (isRight) return KeyVerdict.Right;
        using RateLimitLease attempt = _attempts.AttemptAcquire(address);
        logger.KeyWrong(address);
        return KeyVerdict.Wrong;
    }

    /// <summary>Who has shown the key, or has signed in with it.</summary>
    public ClaimsPrincipal ToPrincipal(string? name, string scheme) => new(new ClaimsIdentity(
        [new Claim(ClaimTypes.Name, string.IsNullOrWhiteSpace(name) ? DefaultName : name.Trim()), new Claim(ClaimTypes.Role, Role), new Claim(MarkClaim, Mark)], scheme));

    /// <summary>Whether somebody signed in with the key that is set now.</summary>
    public bool IsCurrent(ClaimsPrincipal? user) => IsSet && user?.HasClaim(MarkClaim, Mark) == true;

    /// <summary>Whether the record of actions takes it for a name.</summary>
    public static bool IsName(string? name) => name is null || (name.Length <= LongestName && !name.Any(char.IsControl));

    public void Dispose() => _attempts.Dispose();

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
