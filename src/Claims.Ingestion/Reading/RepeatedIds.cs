namespace Claims.Ingestion.Reading;

/// <summary>Notices claim ids that a file repeats. Keeps a hash of each, and only so many, so that memory stays bounded.</summary>
internal sealed class RepeatedIds
{
    /// <summary>How many claims of a file are compared: about 25 MB of hashes.</summary>
    public const int MaxTracked = 1_000_000;

    private readonly HashSet<ulong> _seen = [];

    /// <summary>Whether no more ids can be taken in.</summary>
    public bool IsFull => _seen.Count >= MaxTracked;

    /// <summary>Takes in the id of a claim.</summary>
    /// <returns><see langword="true"/> when an earlier claim had it.</returns>
    public bool Repeats(string providerId, string id)
    {
        var key = Hash(Hash(Hash(14695981039346656037, providerId), "\0"), id);
        return IsFull ? _seen.Contains(key) : !_seen.Add(key);
    }

    private static ulong Hash(ulong hash, string text)
    {
        foreach (var c in text)
            hash = (hash ^ c) * 1099511628211;

        return hash;
    }
}
