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

    private readonly ClaimFileReaders _readers = new([new EClaimLinkReader()], Options.Create(new ReadingOptions()));
    private int _files;

    public Batch Make(int claims)
    {
        var files = new List<ReadFile>();
        var activities = 0;
        var gross = 0m;
        for (var left = claims; left > 0; left -= MaxClaimsInFile)
        {
            var submission = Submission.Make(Math.Min(left, MaxClaimsInFile), seed: ++_files);
            files.Add(Load(submission));
            activities += submission.Activities;
            gross += submission.Gross;
        }

        return new Batch(files, claims, activities, gross);
    }

    private LoadedFile Load(Submission submission)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"submission-{_files}.xml");
        var file = new ClaimFile
        {
            FacilityId = Submission.FacilityId,
            ExternalId = name,
            Name = name,
            ReceivedAt = _receivedAt,
            Length = submission.Content.Length,
            ContentHash = SHA256.HashData(submission.Content),
            OpenRead = () => new MemoryStream(submission.Content, writable: false),
        };
        using var reading = _readers.Open(file.OpenRead);
        var slice = reading.ReadSlice(MaxClaimsInFile, CancellationToken.None);
        if (reading.ReadSlice(1, CancellationToken.None) is not null)
            throw new InvalidOperationException("A file holds more claims than were asked for.");

        return new LoadedFile(file, reading.Outcome!, slice);
    }
}
