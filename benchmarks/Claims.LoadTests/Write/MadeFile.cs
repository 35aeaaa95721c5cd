namespace Claims.LoadTests.Write;

/// <summary>A generated submission file on disk, and what it holds.</summary>
internal sealed record MadeFile(string Facility, string Path, long Claims, long Activities);
