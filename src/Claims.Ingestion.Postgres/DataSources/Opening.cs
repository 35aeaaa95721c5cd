namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>The opening of one connection: who wants it, how long it may take, and which servers have failed it.</summary>
internal sealed class Opening(TimeProvider time, TimeSpan limit, string member, string file, int line)
{
    private readonly long _start = time.GetTimestamp();
    private List<int>? _leftOut;

    public string Opener => $"{member} ({Path.GetFileName(file)}:{line})";

    public TimeSpan Elapsed => time.GetElapsedTime(_start);

    public TimeSpan Left => limit - Elapsed is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    public bool IsOver => Left == TimeSpan.Zero;

    public void LeaveOut(int place) => (_leftOut ??= []).Add(place);

    public void LeaveOutNobody() => _leftOut = null;

    /// <summary>The servers as this opening sees them: those that failed it are not there.</summary>
    public IReadOnlyList<ServerState> Without(IReadOnlyList<ServerState> states) =>
        _leftOut is { } places ? [.. states.Select((state, place) => places.Contains(place) ? state with { IsReachable = false } : state)] : states;
}
