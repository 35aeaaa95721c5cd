using System.Globalization;
using Claims.Ingestion.Scheduling;
using FacilityGateway;

namespace Claims.LoadTests.Write;

/// <summary>Submission files of many facilities on disk, made once and handed out again for each turn.</summary>
internal sealed class ClaimFolders : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("claims-load-").FullName;
    private readonly List<MadeFile> _made = [];
    private int _inboxes;

    /// <param name="claims">How many claims all files hold.</param>
    /// <param name="claimsPerFile">How many a file holds.</param>
    /// <param name="facilities">How many facilities share the files.</param>
    /// <param name="firstFile">The number of the first file. Files of other numbers have other claims.</param>
    public ClaimFolders(int claims, int claimsPerFile, int facilities, int firstFile = 0)
    {
        FacilityIds = [.. Enumerable.Range(1, facilities).Select(n => string.Create(CultureInfo.InvariantCulture, $"DHA-F-{n:0000000}"))];
        foreach (string facility in FacilityIds) Directory.CreateDirectory(Path.Combine(_root, "made", facility));
        for (int left = claims, n = firstFile; left > 0; left -= claimsPerFile, n++)
        {
            string facility = FacilityIds[n % facilities];
            string path = Path.Combine(_root, "made", facility, string.Create(CultureInfo.InvariantCulture, $"file-{n:000000}.xml"));
            using FileStream stream = File.Create(path);
            FileCounts counts = SubmissionFile.WriteLarge(stream, Math.Min(left, claimsPerFile), seed: n + 1, facility);
            _made.Add(new MadeFile(facility, path, counts.Claims, counts.Activities));
            Bytes += stream.Length;
        }
    }

    public IReadOnlyList<string> FacilityIds { get; }

    public IReadOnlyList<MadeFile> Made => _made;

    public int Files => _made.Count;

    public long Claims => _made.Sum(f => f.Claims);

    public long Activities => _made.Sum(f => f.Activities);

    public long Bytes { get; }

    /// <summary>Says how what was stored differs from what is in the files.</summary>
    public string? Difference(FacilityReport stored) => stored.Stored == Files && stored.Counts.Claims == Claims && stored.Counts.Activities == Activities ? null
        : $"stored {stored.Stored} files, {stored.Counts.Claims} claims, {stored.Counts.Activities} activities of {Files}, {Claims}, {Activities}";

    /// <summary>A folder of the caller's own.</summary>
    public string Scratch(string name) => Directory.CreateDirectory(Path.Combine(_root, name)).FullName;

    /// <summary>Copies the files into a new inbox with a folder for each facility.</summary>
    /// <param name="spoil">Changes the copies of some files, by their number.</param>
    /// <param name="files">How many files, from the first one; all when nothing is said.</param>
    /// <returns>The inbox.</returns>
    public string NewInbox(IReadOnlyDictionary<int, Func<byte[], byte[]>>? spoil = null, int? files = null)
    {
        string inbox = Path.Combine(_root, string.Create(CultureInfo.InvariantCulture, $"inbox-{++_inboxes}"));
        foreach (string facility in FacilityIds) Directory.CreateDirectory(Path.Combine(inbox, facility));
        for (int n = 0; n < (files ?? Files); n++)
        {
            MadeFile made = _made[n];
            string copy = Path.Combine(inbox, made.Facility, Path.GetFileName(made.Path));
            File.Copy(made.Path, copy);
            if (spoil?.GetValueOrDefault(n) is { } change)
            {
                File.WriteAllBytes(copy, change(File.ReadAllBytes(made.Path)));
                File.SetLastWriteTimeUtc(copy, File.GetLastWriteTimeUtc(made.Path));
            }

            // What is not on the disk yet would be written there by the first commits that are measured.
            using FileStream stream = File.OpenWrite(copy);
            stream.Flush(flushToDisk: true);
        }

        return inbox;
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);
}
