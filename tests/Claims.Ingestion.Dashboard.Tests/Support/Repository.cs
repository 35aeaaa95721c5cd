namespace Claims.Ingestion.Dashboard.Tests.Support;

internal static class Repository
{
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Claims.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
