using System.Globalization;
using System.Text;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Polling;

/// <summary>Moves finished files to a sub-folder of their facility's folder. Nothing is ever overwritten.</summary>
internal sealed class FileArchive(FacilityFolder folder, TimeProvider timeProvider)
{
    public const string Stored = "stored";
    public const string Quarantined = "quarantined";

    private const string ReasonSuffix = ".reason.txt";

    // File systems take 255 bytes; the number and the reason's suffix need some of them.
    private const int MaxStemBytes = 200;
    private const int MaxReasonFileBytes = 64 * 1024;

    /// <summary>Moves a file to where its fate belongs.</summary>
    /// <returns>The name of the sub-folder.</returns>
    public string Move(RemoteFile file, FileFate fate)
    {
        var subFolder = fate.Status == FileStatus.Quarantined ? Quarantined : Stored;
        var directory = Directory.CreateDirectory(Path.Combine(folder.FullPath, subFolder)).FullName;
        var source = folder.PathOf(file.Name);
        if (subFolder == Stored)
            MoveStored(source, directory, file.Name);
        else
            MoveQuarantined(source, directory, file, fate);

        return subFolder;
    }

    /// <summary>Returns a file's name, numbered before its extension; number 0 is the name itself.</summary>
    public static string NumberedName(string name, int number)
    {
        var extension = Path.GetExtension(name);
        var stem = FileFingerprint.Shorten(Path.GetFileNameWithoutExtension(name), MaxStemBytes, Encoding.UTF8);
        return number == 0 ? stem + extension : string.Create(CultureInfo.InvariantCulture, $"{stem}.{number}{extension}");
    }

    private static void MoveStored(string source, string directory, string name)
    {
        for (var number = FirstFree(n => Path.Exists(Target(n))); ; number++)
        {
            // An empty file reserves the name: a plain move may overwrite what another process put there in between.
            if (!TryCreate(Target(number), []))
                continue;

            try
            {
                File.Move(source, Target(number), overwrite: true);
                return;
            }
            catch (Exception exception) when (FileErrors.IsFileError(exception))
            {
                File.Delete(Target(number));
                throw;
            }
        }

        string Target(int number) => Path.Combine(directory, NumberedName(name, number));
    }

    // The reason is written first: a crash leaves a reason whose file is still waiting, and the next acknowledging
    // finds it by the id at its end. It also reserves the name.
    private void MoveQuarantined(string source, string directory, RemoteFile file, FileFate fate)
    {
        var ending = $"External id: {file.ExternalId}\n";
        var number = FirstFree(n => Path.Exists(Target(n)) || (Path.Exists(Reason(n)) && !IsOwnReason(Reason(n), ending)));
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"Reason: {fate.Reason ?? "none was given"}\nQuarantined at: {timeProvider.GetUtcNow().UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}\n{ending}");
        var bytes = Encoding.UTF8.GetBytes(text);

        var created = false;
        while (Path.Exists(Target(number)) || (!(created = TryCreate(Reason(number), bytes)) && !IsOwnReason(Reason(number), ending)))
            number++;

        try
        {
            File.Move(source, Target(number), overwrite: false);
        }
        catch (IOException exception) when (created && FileErrors.IsGone(exception) && !Path.Exists(Target(number)))
        {
            File.Delete(Reason(number));
            throw;
        }

        string Target(int n) => Path.Combine(directory, NumberedName(file.Name, n));
        string Reason(int n) => Target(n) + ReasonSuffix;
    }

    // A name that comes every day is taken thousands of times: gallop past those, then search between.
    private static int FirstFree(Func<int, bool> isTaken)
    {
        if (!isTaken(0))
            return 0;

        var taken = 0;
        var free = 1;
        while (isTaken(free))
        {
            taken = free;
            free *= 2;
        }

        while (free - taken > 1)
        {
            var middle = taken + ((free - taken) / 2);
            if (isTaken(middle))
                taken = middle;
            else
                free = middle;
        }

        return free;
    }

    private static bool TryCreate(string path, ReadOnlySpan<byte> bytes)
    {
        try
        {
            using var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
            stream.Write(bytes);
            return true;
        }
        catch (IOException exception) when (FileErrors.IsTaken(exception))
        {
            return false;
        }
    }

    private static bool IsOwnReason(string path, string ending)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: <= MaxReasonFileBytes } && File.ReadAllText(path).EndsWith(ending, StringComparison.Ordinal);
        }
        catch (IOException exception) when (FileErrors.IsInUse(exception) || FileErrors.IsGone(exception))
        {
            // Somebody is writing or removing it just now: it belongs to them.
            return false;
        }
    }
}
