using System.Security.Cryptography;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;
using Claims.LoadTests.Peers.Rows;
using Microsoft.Extensions.Options;

namespace Claims.LoadTests.Peers;

/// <summary>The files of a turn, read with the library's own reader, hashed and told in rows: what every peer does before it writes.</summary>
internal sealed class SourceFiles(IReadOnlyList<SourceFile> files, int connections)
{
    private const int BatchClaims = 1000;
    private const int SliceClaims = 1000;

    private static readonly DateTimeOffset ReceivedAt = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private readonly ClaimFileReaders _readers = new([new EClaimLinkReader()], Options.Create(new ReadingOptions()));

    /// <summary>Reads all files and has their rows written: from as many sides at once as there are connections, in batches of a thousand claims or a little more (the last one with what is left).</summary>
    public Task WriteAsync(Func<RowBatch, CancellationToken, Task> write, CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, connections).Select(side => Task.Run(
            async () =>
            {
                foreach (RowBatch batch in Read(files.Where((_, n) => n % connections == side))) await write(batch, cancellationToken);
            },
            cancellationToken)));

    /// <summary>Reads all files, one after the other.</summary>
    public IEnumerable<RowBatch> Read() => Read(files);

    private IEnumerable<RowBatch> Read(IEnumerable<SourceFile> some)
    {
        var batch = new RowBatch();
        foreach (SourceFile file in some)
        {
            Read(file, batch);
            if (batch.Claims.Count < BatchClaims) continue;
            yield return batch;
            batch = new RowBatch();
        }

        if (batch.Files.Count > 0) yield return batch;
    }

    /// <summary>Reads one file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="batch">What its rows are added to.</param>
    public void Read(SourceFile file, RowBatch batch)
    {
        (int claims, int activities) = (batch.Claims.Count, batch.Activities.Count);
        byte[] content = File.ReadAllBytes(file.Path);
        using ClaimFileReading reading = _readers.Open(() => new MemoryStream(content, writable: false));
        while (reading.ReadSlice(SliceClaims, CancellationToken.None) is { } slice)
        {
            foreach (SubmittedClaim claim in slice.Submitted) batch.Add(file.Id, claim);
        }

        ReadOutcome outcome = reading.Outcome!;
        if (outcome.Status != FileStatus.Stored || outcome.Warnings.Count > 0) throw new InvalidOperationException($"A generated file is not clean: {outcome.Reason}");
        batch.Files.Add(new ClaimFileRow
        {
            Id = file.Id,
            FacilityId = file.FacilityId,
            ExternalId = Path.GetFileName(file.Path),
            Name = Path.GetFileName(file.Path),
            Kind = "submission",
            Status = "stored",
            ClaimCount = batch.Claims.Count - claims,
            ActivityCount = batch.Activities.Count - activities,
            LeftOutCount = 0,
            DeclaredCount = outcome.Header!.RecordCount,
            SenderId = outcome.Header.SenderId,
            ReceiverId = outcome.Header.ReceiverId,
            TransactionDate = outcome.Header.TransactionDate.ToUniversalTime(),
            ContentHash = SHA256.HashData(content),
            ByteCount = content.Length,
            ReceivedAt = ReceivedAt,
        });
    }
}
