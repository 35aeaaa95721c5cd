using System.Security.Cryptography;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;
using FacilityGateway;
using Microsoft.Extensions.DependencyInjection;

namespace Claims.LoadTests.Deadlocks;

/// <summary>The files of a round, read into memory as the pipeline reads them.</summary>
internal static class RoundFiles
{
    private static readonly DateTimeOffset ReceivedAt = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    public static async Task<ReadFile[]> LoadAsync(IServiceProvider services, int round, CancellationToken cancellationToken)
    {
        var loader = services.GetRequiredService<FileLoader>();
        var files = new List<ReadFile>();
        foreach (GeneratedFile generated in HuntedWorld.Of(round).Files())
        {
            byte[] bytes = generated.ToBytes();
            Stream Open() => new MemoryStream(bytes, writable: false);
            var file = new ClaimFile
            {
                FacilityId = generated.FacilityId,
                ExternalId = generated.Name,
                Name = generated.Name,
                ReceivedAt = ReceivedAt,
                Length = bytes.Length,
                ContentHash = await PayloadDecoder.HashAsync(Open, SHA256.HashData(bytes), new ReadingOptions(), cancellationToken),
                OpenRead = Open,
            };
            files.Add(loader.Load(file, isCut: false, cancellationToken));
        }

        return [.. files];
    }
}
