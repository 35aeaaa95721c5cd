using NpgsqlTypes;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>What a server answered, or why it did not.</summary>
/// <param name="Role">What it is.</param>
/// <param name="Timeline">The timeline that it is on.</param>
/// <param name="Position">Up to where its log is flushed, or replayed.</param>
/// <param name="StartedAt">When it was started.</param>
internal readonly record struct ServerAnswer(ServerRole Role, uint Timeline, NpgsqlLogSequenceNumber Position, DateTime StartedAt)
{
    /// <summary>Why it did not answer, if it did not.</summary>
    public string? Error { get; private init; }

    /// <summary>Whether it just took too long.</summary>
    public bool IsLate { get; private init; }

    public static ServerAnswer None(string error, bool isLate) => new() { Error = error, IsLate = isLate };
}
