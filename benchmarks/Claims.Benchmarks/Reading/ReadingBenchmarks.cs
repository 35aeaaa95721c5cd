using System.IO.Compression;
using System.Security.Cryptography;
using System.Xml;
using BenchmarkDotNet.Attributes;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;
using Microsoft.Extensions.Options;

namespace Claims.Benchmarks.Reading;

/// <summary>What the reading of a submission costs, beside the least that any XML reader must do with the same bytes.</summary>
/// <remarks>Public and open because BenchmarkDotNet derives from it.</remarks>
[MemoryDiagnoser]
[MaxIterationCount(20)]
public class ReadingBenchmarks
{
    // As many as the pipeline takes by default.
    private const int SliceClaims = 1000;

    private readonly ReadingOptions _options = new();
    private ClaimFileReaders _readers = null!;
    private Submission _submission = null!;
    private byte[] _zipped = null!;
    private string _hash = "";

    /// <summary>How many claims the file holds.</summary>
    [Params(2000)]
    public int Claims { get; set; }

    /// <summary>Makes the file.</summary>
    [GlobalSetup]
    public void MakeFile()
    {
        _readers = new ClaimFileReaders([new EClaimLinkReader()], Options.Create(_options));
        _submission = Submission.Make(Claims, seed: 1);
        _zipped = Zip(_submission.Content);
        _hash = Convert.ToHexString(SHA256.HashData(_submission.Content));
    }

    /// <summary>A bare <see cref="XmlReader"/> that takes each text as a string and keeps none.</summary>
    [Benchmark(Baseline = true)]
    public void PassOverXml()
    {
        using var xml = XmlReader.Create(new MemoryStream(_submission.Content, writable: false));
        var claims = 0;
        var textLength = 0L;
        while (xml.Read())
        {
            if (xml.NodeType == XmlNodeType.Text)
                textLength += xml.Value.Length;
            else if (xml.NodeType == XmlNodeType.Element && xml.LocalName == "Claim")
                claims++;
        }

        Check.Equal("the number of claims", _submission.Claims, claims);
        Check.Equal("the length of all texts", _submission.TextLength, textLength);
    }

    /// <summary>The product's reading: checked claims in memory, slice by slice.</summary>
    [Benchmark]
    public void ReadPlain() => Read(_submission.Content);

    /// <summary>The same from a file that is wrapped in gzip.</summary>
    [Benchmark]
    public void ReadGzip() => Read(_zipped);

    /// <summary>Taking in the bytes, with the SHA-256 of the content, by which the ledger knows it again.</summary>
    [Benchmark]
    public async Task FetchPlain() => await FetchAsync(_submission.Content);

    /// <summary>The same for a file that is wrapped in gzip: its content is hashed by itself.</summary>
    [Benchmark]
    public async Task FetchGzip() => await FetchAsync(_zipped);

    private void Read(byte[] content)
    {
        using var reading = _readers.Open(() => new MemoryStream(content, writable: false));
        var claims = 0;
        var activities = 0;
        var gross = 0m;
        while (reading.ReadSlice(SliceClaims, CancellationToken.None) is { } slice)
        {
            claims += slice.Submitted.Count;
            foreach (var claim in slice.Submitted)
            {
                activities += claim.Activities.Count;
                gross += claim.Gross;
            }
        }

        Check.Equal("the outcome", nameof(FileStatus.Stored), reading.Outcome!.Status.ToString());
        Check.Equal("the number of claims", _submission.Claims, claims);
        Check.Equal("the number of activities", _submission.Activities, activities);
        Check.Equal("the sum of the gross amounts", _submission.Gross, gross);
    }

    private async Task FetchAsync(byte[] content)
    {
        using var source = new MemoryStream(content, writable: false);
        using var fetched = await FetchedContent.FetchAsync(source, _options.MaxFileBytes, maxBytesInMemory: content.Length, Path.GetTempPath(), CancellationToken.None);
        var hash = await PayloadDecoder.HashAsync(fetched.OpenRead, fetched.Hash, _options, CancellationToken.None);
        Check.Equal("the hash", _hash, Convert.ToHexString(hash));
    }

    private static byte[] Zip(byte[] content)
    {
        using var zipped = new MemoryStream();
        using (var gzip = new GZipStream(zipped, CompressionLevel.Optimal))
            gzip.Write(content);

        return zipped.ToArray();
    }
}
