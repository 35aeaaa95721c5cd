using NpgsqlTypes;

namespace Claims.Ingestion.Postgres.DataSources;

/// <summary>What a server answered, or why it did not.</summary>
internal readonly record struct ServerAnswer(ServerRole Role, uint Timeline, NpgsqlLogSequenceNumber Position, string? Error);
