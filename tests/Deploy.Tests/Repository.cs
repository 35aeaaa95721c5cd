namespace Deploy.Tests;

/// <summary>The files that are tested.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string FindRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Claims.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
