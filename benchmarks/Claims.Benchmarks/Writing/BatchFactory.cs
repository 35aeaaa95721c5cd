using System.Globalization;
using System.Security.Cryptography;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;
using Microsoft.Extensions.Options;

namespace Claims.Benchmarks.Writing;

/// <summary>Makes batches of files that were never stored before: no id and no content comes twice.</summary>
internal sealed class BatchFactory
{
    // Facilities send many small files: a larger batch is made of several.
    private const int MaxClaimsInFile = 25;

    private static readonly DateTimeOffset _receivedAt = new(2024, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly FileLoader _loader;
    private int _files;

    /// <param name="store">Who will store them, and may want them encoded.</param>
    public BatchFactory(IClaimStore store)
    {
        var reading = Options.Create(new ReadingOptions());
        _loader = new FileLoader(store, new ClaimFileReaders([new EClaimLinkReader()], reading), Options.Create(new PipelineOptions()), reading);
    }

    /// <summary>Makes files and reads them.</summary>
    public Batch Make(int claims)
    {
        var fetched = Fetch(claims);
        return new Batch([.. fetched.Files.Select(Read)], fetched.Claims, fetched.Activities, fetched.Gross);
    }

    /// <summary>Makes files as they are after their download.</summary>
    public FetchedBatch Fetch(int claims)
    {
        var files = new List<ClaimFile>();
        var activities = 0;
        var gross = 0m;
        for (var left = claims; left > 0; left -= MaxClaimsInFile)
        {
            var submission = Submission.Make(Math.Min(left, MaxClaimsInFile), seed: ++_files);
            files.Add(Fetched(submission));
            activities += submission.Activities;
            gross += submission.Gross;
        }

        return new FetchedBatch(files, claims, activities, gross);
    }

    /// <summary>Reads a file as the pipeline does.</summary>
    public ReadFile Read(ClaimFile file) => _loader.Load(file, isCut: false, CancellationToken.None);

    private ClaimFile Fetched(Submission submission)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"submission-{_files}.xml");
        return new ClaimFile
        {
            FacilityId = Submission.FacilityId,
            ExternalId = name,
            Name = name,
            ReceivedAt = _receivedAt,
            Length = submission.Content.Length,
            ContentHash = SHA256.HashData(submission.Content),
            OpenRead = () => new MemoryStream(submission.Content, writable: false),
        };
    }
}
