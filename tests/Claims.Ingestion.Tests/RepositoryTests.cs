namespace Claims.Ingestion.Tests;

public sealed class RepositoryTests
{
    internal static string Root { get; } = FindRoot();

    [Fact]
    public void Solution_HoldsEveryProject()
    {
        string solution = File.ReadAllText(Path.Combine(Root, "Claims.sln"));

        IEnumerable<string> missing = Projects().Where(project => !solution.Contains(Path.GetFileName(project), StringComparison.Ordinal));

        Assert.Empty(missing);
    }

    [Fact]
    public void EveryPackageAndSample_HasATestProject()
    {
        IEnumerable<string> names = new[] { "src", "samples" }.SelectMany(folder => Directory.GetDirectories(Path.Combine(Root, folder))).Select(folder => Path.GetFileName(folder)!);

        IEnumerable<string> missing = names.Where(name => !Directory.Exists(Path.Combine(Root, "tests", $"{name}.Tests")));

        Assert.Empty(missing);
    }

    private static IEnumerable<string> Projects() => new[] { "src", "samples", "tests", "benchmarks" }
        .SelectMany(folder => Directory.EnumerateFiles(Path.Combine(Root, folder), "*.csproj", SearchOption.AllDirectories))
        .Where(project => !project.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));

    private static string FindRoot()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Claims.sln"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
