namespace Claims.LoadTests.Facilities;

/// <summary>What ingests.</summary>
internal enum LoadProfile
{
    /// <summary>The library.</summary>
    Library,

    /// <summary>The arrangement that it replaces: one pool, all at once, row by row, blocking refreshes.</summary>
    Today,

    /// <summary>Each in turn, on the same data.</summary>
    Both,
}
