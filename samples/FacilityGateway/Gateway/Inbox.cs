using FacilityGateway.Generation;

namespace FacilityGateway.Gateway;

/// <summary>The files of one facility. What is known of a world's files is made up at the first use, their bytes at each download.</summary>
internal sealed class Inbox(string facilityId, GatewayServerOptions options, DateTimeOffset start)
{
    /// <summary>Over how long before the start the files were uploaded.</summary>
    private static readonly TimeSpan s_history = TimeSpan.FromDays(20);

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, GatewayFile> _byId = [];
    private readonly Dictionary<string, int> _names = new(StringComparer.Ordinal);
    private List<GatewayFile>? _files;

    public string FacilityId => facilityId;

    /// <summary>How many files there are, those still to arrive included. Costs nothing, even if the inbox was never used.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _files?.Count ?? options.World.Options.FilesPerFacility;
        }
    }

    public int Downloaded
    {
        get
        {
            lock (_lock)
                return _files?.Count(file => file.IsDownloaded) ?? 0;
        }
    }

    /// <summary>The files that have arrived, the oldest first.</summary>
    public List<GatewayFile> Files()
    {
        var now = options.TimeProvider.GetUtcNow();
        lock (_lock)
            return [.. Open().Where(file => file.UploadedAt <= now).OrderBy(file => file.UploadedAt)];
    }

    public GatewayFile? Find(string fileId)
    {
        var now = options.TimeProvider.GetUtcNow();
        if (!Guid.TryParse(fileId, out var id))
            return null;

        lock (_lock)
        {
            Open();
            return _byId.GetValueOrDefault(id) is { } file && file.UploadedAt <= now ? file : null;
        }
    }

    public GatewayFile Put(string fileName, byte[] bytes, int direction, int transactionId)
    {
        lock (_lock)
        {
            var files = Open();
            var id = FileIds.Of(options.World.Options.Seed, facilityId, fileName, _names.GetValueOrDefault(fileName));
            var file = new GatewayFile(id, fileName, () => bytes)
            {
                Direction = direction,
                TransactionId = transactionId,
                UploadedAt = options.TimeProvider.GetUtcNow(),
                RecordCount = 1,
            };
            files.Add(file);
            Index(file);
            return file;
        }
    }

    public void MarkAllNew()
    {
        lock (_lock)
        {
            foreach (var file in _files ?? [])
                file.IsDownloaded = false;
        }
    }

    private List<GatewayFile> Open()
    {
        if (_files is not null)
            return _files;

        _files = [.. options.World.Files(facilityId).Select(InboxFile)];
        _files.ForEach(Index);
        return _files;
    }

    private void Index(GatewayFile file)
    {
        _byId.TryAdd(file.Id, file);
        _names[file.FileName] = _names.GetValueOrDefault(file.FileName) + 1;
    }

    private GatewayFile InboxFile(GeneratedFile file, int index)
    {
        var type = TransactionType.OfName(file.Name);
        var id = FileIds.Of(options.World.Options.Seed, facilityId, file.Name);
        return new GatewayFile(id, file.Name, file.ToBytes)
        {
            Direction = TransactionType.DirectionOf(type),
            TransactionId = type,
            UploadedAt = UploadedAt(index, file.Name),
            RecordCount = file.Counts.Claims + file.Counts.RemittanceClaims + file.Counts.LeftOut,
        };
    }

    private DateTimeOffset UploadedAt(int index, string name)
    {
        var count = options.World.Options.FilesPerFacility;
        if (options.ArrivalSpan > TimeSpan.Zero)
            return start + (options.ArrivalSpan * (index + 1) / count);

        var share = Randomness.For((ulong)options.World.Options.Seed, Randomness.HashOf(facilityId), Randomness.HashOf(name), 'u').Share();
        return start - s_history + (s_history * ((index + share) / count));
    }
}
