using Claims.Ingestion.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Claims.Ingestion.Dashboard.Live;

/// <summary>What is read from the database, and only while somebody looks at it. What is <see langword="null"/> the store of this host does not have.</summary>
internal sealed class DashboardReadings
{
    public static readonly TimeSpan Often = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan _seldom = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _day = TimeSpan.FromHours(24);

    private readonly IFileDesk? _files;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private readonly Dictionary<FileSearch, SharedReading<IReadOnlyList<FileEntry>>> _searches = [];

    public DashboardReadings(IServiceProvider services, TimeProvider time)
    {
        _time = time;
        _files = services.GetService<IFileDesk>();
        if (services.GetService<IViewDesk>() is { } views) Views = new(views.ReadAsync, Often, time);
        if (services.GetService<IHourDesk>() is { } hours)
        {
            Hours = new(
                cancellationToken =>
                {
                    DateTimeOffset now = time.GetUtcNow();
                    return hours.ReadAsync(now - _day, now, cancellationToken);
                },
                _seldom, time);
        }
    }

    public SharedReading<IReadOnlyList<ViewOverview>>? Views { get; }

    public SharedReading<IReadOnlyList<HourFigures>>? Hours { get; }

    public bool HasFiles => _files is not null;

    /// <summary>Watches what a search finds; those who search for the same share it.</summary>
    public (SharedReading<IReadOnlyList<FileEntry>> Reading, IDisposable Viewer) Search(FileSearch search, Action changed)
    {
        lock (_gate)
        {
            foreach (FileSearch left in _searches.Where(s => !s.Value.IsWatched).Select(s => s.Key).ToArray()) _searches.Remove(left);
            if (!_searches.TryGetValue(search, out SharedReading<IReadOnlyList<FileEntry>>? reading))
                _searches[search] = reading = new(cancellationToken => _files!.SearchAsync(search, cancellationToken), Often, _time);
            return (reading, reading.Watch(changed));
        }
    }

    public async Task<FileDetails?> FindAsync(long id, CancellationToken cancellationToken) =>
        await _files!.FindAsync(id, cancellationToken).WaitAsync(SharedReading<FileDetails>.Limit, _time, cancellationToken);
}
