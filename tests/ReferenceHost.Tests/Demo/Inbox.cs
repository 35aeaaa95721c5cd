using FacilityGateway;

namespace ReferenceHost.Tests.Demo;

/// <summary>A folder with a simulated world in it, and the truth about that world.</summary>
internal sealed class Inbox : IDisposable
{
    private Inbox(string folder, WorldTruth truth)
    {
        Folder = folder;
        Truth = truth;
    }

    public string Folder { get; }

    public WorldTruth Truth { get; }

    public static async Task<Inbox> CreateAsync(WorldOptions options)
    {
        string folder = Directory.CreateTempSubdirectory("claims-test-inbox-").FullName;
        WorldTruth truth = await InboxWriter.WriteAsync(new World(options), folder, CancellationToken.None);
        Age(folder);
        return new Inbox(folder, truth);
    }

    /// <summary>Makes the files old enough to count as completely written.</summary>
    public static void Age(string folder)
    {
        DateTime longAgo = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        foreach (string file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)) File.SetLastWriteTimeUtc(file, longAgo);
    }

    /// <summary>Puts every file back to where it was before it was acknowledged.</summary>
    public void Refill()
    {
        foreach (string facility in Directory.EnumerateDirectories(Folder))
        {
            foreach (string done in new[] { "stored", "quarantined" }.Select(name => Path.Combine(facility, name)).Where(Directory.Exists))
            {
                foreach (string file in Directory.EnumerateFiles(done).Where(f => !f.EndsWith(".reason.txt", StringComparison.Ordinal)))
                    File.Move(file, Path.Combine(facility, Path.GetFileName(file)));
                Directory.Delete(done, recursive: true);
            }
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
