using System.Text;
using Claims.Ingestion.Facilities;

namespace Claims.Ingestion.Polling;

/// <summary>What is to be found under a name in a facility's folder.</summary>
internal enum EntryState
{
    /// <summary>A file.</summary>
    File,

    /// <summary>Nothing, or no file.</summary>
    Gone,

    /// <summary>A symbolic link to something that is not directly in the folder.</summary>
    LeadsOut,

    /// <summary>A link that leads nowhere.</summary>
    Unreadable,
}

/// <summary>A file as it was at one look. Two looks are equal when nothing was written between them.</summary>
/// <param name="State">What was found.</param>
/// <param name="ContentPath">Where its bytes are: the file itself, or the file in the same folder that a link leads to.</param>
/// <param name="Length">Its size in bytes.</param>
/// <param name="LastWriteUtc">When it was last written.</param>
internal readonly record struct FolderEntry(EntryState State, string ContentPath, long Length, DateTime LastWriteUtc);

/// <summary>The folder of one facility, and the claim files directly in it.</summary>
internal sealed class FacilityFolder
{
    private static readonly string[] Extensions = [".xml", ".zip", ".gz"];
    private static readonly char[] RefusedCharacters = [.. Path.GetInvalidFileNameChars(), '/', '\\'];

    public FacilityFolder(Facility facility)
    {
        FacilityId = facility.Id;
        if (string.IsNullOrWhiteSpace(facility.Endpoint) || facility.Endpoint.Contains('\0', StringComparison.Ordinal))
            throw new FacilityPollException($"Facility {facility.Id} names no folder. Set its endpoint to the folder that its files arrive in.");

        FullPath = Path.TrimEndingDirectorySeparator(Path.GetFullPath(facility.Endpoint));
    }

    public string FacilityId { get; }

    public string FullPath { get; }

    /// <summary>Whether a file of this name can be a claim file; its content decides later what it is.</summary>
    public static bool IsClaimFileName(string name) =>
        !name.StartsWith('.') && Extensions.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a name can be opened and stored: it stays in its folder and is valid Unicode.</summary>
    public static bool IsUsableName(string name) =>
        name.IndexOfAny(RefusedCharacters) < 0 && !name.EnumerateRunes().Contains(Rune.ReplacementChar);

    /// <summary>Returns the names of the files that wait, in ordinal order.</summary>
    public List<string> ListNames()
    {
        try
        {
            var names = Directory.EnumerateFiles(FullPath).Select(path => Path.GetFileName(path)).Where(IsClaimFileName).ToList();
            names.Sort(StringComparer.Ordinal);
            return names;
        }
        catch (Exception exception) when (FileErrors.IsFileError(exception))
        {
            throw new FacilityPollException(
                $"Facility {FacilityId}: the folder '{FullPath}' cannot be listed: {FileErrors.Describe(exception)}. Create it, or correct the facility's endpoint, and let this process read and write it.",
                exception);
        }
    }

    /// <summary>Returns the path of a file directly in the folder.</summary>
    /// <exception cref="FacilityPollException">The name leads elsewhere.</exception>
    public string PathOf(string name)
    {
        if (!IsClaimFileName(name) || !IsUsableName(name))
            throw new FacilityPollException($"Facility {FacilityId}: a file was asked for by a name that no file in the folder '{FullPath}' can have. Only names from the listing are allowed.");

        return Path.Combine(FullPath, name);
    }

    /// <summary>Looks at the file of this name, as it is now.</summary>
    public FolderEntry Look(string name)
    {
        var path = PathOf(name);
        try
        {
            var info = new FileInfo(path);
            if (info.LinkTarget is not null)
            {
                var target = info.ResolveLinkTarget(returnFinalTarget: true);
                if (target is null || !target.Exists)
                    return new FolderEntry(EntryState.Unreadable, path, 0, default);
                if (ChildNameOf(target.FullName) is not { } child)
                    return new FolderEntry(EntryState.LeadsOut, path, 0, default);

                // Read under its own name in this folder: a path with ".." may lead elsewhere than its text says.
                path = Path.Combine(FullPath, child);
                info = new FileInfo(path);
                if (info.LinkTarget is not null)
                    return new FolderEntry(EntryState.LeadsOut, path, 0, default);
            }

            return info.Exists
                ? new FolderEntry(EntryState.File, path, info.Length, info.LastWriteTimeUtc)
                : new FolderEntry(EntryState.Gone, path, 0, default);
        }
        catch (Exception exception) when (FileErrors.IsFileError(exception))
        {
            var state = FileErrors.IsGone(exception) ? EntryState.Gone : EntryState.Unreadable;
            return new FolderEntry(state, path, 0, default);
        }
    }

    // The folder may itself be a link, and a link in it may name either path.
    private string? ChildNameOf(string target)
    {
        var name = Path.GetFileName(target);
        var real = Directory.ResolveLinkTarget(FullPath, returnFinalTarget: true)?.FullName;
        return IsChild(FullPath) || (real is not null && IsChild(real)) ? name : null;

        bool IsChild(string folder) => Path.GetRelativePath(folder, target) == name;
    }
}
