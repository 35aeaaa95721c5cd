using Claims.LoadTests.Write;

namespace Claims.LoadTests.Routing;

/// <summary>Brings the files into the folders that are polled bit by bit, so that there is always something to do when something happens.</summary>
internal sealed class FileFeed(ClaimFolders folders)
{
    private readonly string _waiting = folders.NewInbox();
    private int _brought;

    /// <summary>The folder with a folder for each facility.</summary>
    public string Inbox { get; } = folders.NewInbox(files: 0);

    /// <summary>Whether every file was brought and acknowledged.</summary>
    public bool IsDone => _brought == folders.Files && !Directory.EnumerateDirectories(Inbox).Any(folder => Directory.EnumerateFiles(folder).Any());

    /// <summary>Brings files until a share of all was brought.</summary>
    /// <returns>How many were brought so far.</returns>
    public int Bring(double share)
    {
        for (int end = (int)Math.Ceiling(share * folders.Files); _brought < end; _brought++)
        {
            MadeFile made = folders.Made[_brought];
            string place = Path.Combine(made.Facility, Path.GetFileName(made.Path));
            File.Move(Path.Combine(_waiting, place), Path.Combine(Inbox, place));
        }

        return _brought;
    }

    /// <summary>Moves the files that were acknowledged back to where they are polled from, as an operator does.</summary>
    public void PutBack()
    {
        foreach (string facility in folders.FacilityIds)
        {
            foreach (string file in Directory.EnumerateFiles(Path.Combine(Inbox, facility, "stored"))) File.Move(file, Path.Combine(Inbox, facility, Path.GetFileName(file)));
        }
    }
}
