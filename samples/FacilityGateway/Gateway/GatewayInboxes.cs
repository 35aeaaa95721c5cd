namespace FacilityGateway.Gateway;

/// <summary>What the facilities find at the gateway. Safe to use while calls are under way.</summary>
public sealed class GatewayInboxes
{
    private readonly AccountBook _accounts;
    private readonly Dictionary<string, Inbox> _inboxes;

    internal GatewayInboxes(GatewayServerOptions options, AccountBook accounts)
    {
        _accounts = accounts;
        var start = options.TimeProvider.GetUtcNow();
        _inboxes = options.World.FacilityIds.ToDictionary(id => id, id => new Inbox(id, options, start), StringComparer.Ordinal);
    }

    internal IReadOnlyCollection<Inbox> All => _inboxes.Values;

    /// <summary>The files that have arrived, the oldest first.</summary>
    /// <exception cref="ArgumentException">There is no such facility.</exception>
    public IReadOnlyList<GatewayFile> Files(string facilityId) => Of(facilityId).Files();

    /// <summary>Those that no call of SetTransactionDownloaded named yet.</summary>
    /// <exception cref="ArgumentException">There is no such facility.</exception>
    public IReadOnlyList<GatewayFile> Undownloaded(string facilityId) => [.. Of(facilityId).Files().Where(file => !file.IsDownloaded)];

    /// <param name="facilityId">The facility; all of them, if it is <see langword="null"/>.</param>
    /// <exception cref="ArgumentException">There is no such facility.</exception>
    public int DownloadedCount(string? facilityId = null) => facilityId is null ? _inboxes.Values.Sum(inbox => inbox.Downloaded) : Of(facilityId).Downloaded;

    /// <summary>Puts a file of your own into an inbox, as uploaded now.</summary>
    /// <param name="facilityId">The facility.</param>
    /// <param name="fileName">Any name; it need not be unique.</param>
    /// <param name="bytes">The content; kept.</param>
    /// <param name="direction">1: sent by the facility, 2: received by it.</param>
    /// <param name="transactionId">2: submission, 8: remittance, 32: prior authorisation.</param>
    /// <exception cref="ArgumentException">There is no such facility.</exception>
    public GatewayFile Put(string facilityId, string fileName, byte[] bytes, int direction, int transactionId) =>
        Of(facilityId).Put(fileName, bytes, direction, transactionId);

    /// <summary>All files of all facilities are as never downloaded.</summary>
    public void MarkAllNew()
    {
        foreach (var inbox in _inboxes.Values)
            inbox.MarkAllNew();
    }

    /// <exception cref="ArgumentException">There is no such facility.</exception>
    public void SetPassword(string facilityId, string password) => _accounts.SetPassword(facilityId, password);

    internal Inbox Of(string facilityId) =>
        _inboxes.TryGetValue(facilityId, out var inbox)
            ? inbox
            : throw new ArgumentException($"There is no facility {facilityId} in this world.", nameof(facilityId));
}
