namespace Claims.LoadTests.Peers;

/// <summary>A claim file on disk, and the number that its rows get.</summary>
internal sealed record SourceFile(long Id, string FacilityId, string Path);
