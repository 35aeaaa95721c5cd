using System.Globalization;
using Claims.Ingestion.Reading;
using Claims.Ingestion.Storage;

namespace Claims.Ingestion.Tests.Fakes;

/// <summary>Reads files of the form <c>fake CLAIMS STATUS ANYTHING</c>, for example <c>fake 3 stored a</c>.</summary>
internal sealed class FakeReader : IClaimFileReader
{
    /// <summary>Called with the text of each file before it is read.</summary>
    public Action<string> OnRead { get; set; } = _ => { };

    public static string Text(string unique, int claims = 1, string status = "stored") =>
        string.Create(CultureInfo.InvariantCulture, $"fake {claims} {status} {unique}");

    public bool Recognizes(ReadOnlySpan<byte> start) => start.StartsWith("fake "u8);

    public ClaimFileReading Read(Func<Stream> open, ReadingOptions options)
    {
        using var reader = new StreamReader(open());
        string text = reader.ReadToEnd();
        OnRead(text);
        string[] words = text.Split(' ');
        return new FakeReading(int.Parse(words[1], CultureInfo.InvariantCulture), Enum.Parse<FileStatus>(words[2], ignoreCase: true));
    }

    private sealed class FakeReading(int claims, FileStatus status) : ClaimFileReading
    {
        private int _read;

        public override ReadOutcome? Outcome => _read < claims
            ? null
            : new ReadOutcome { Status = status, Kind = ClaimFileKind.Submission, Reason = status == FileStatus.Stored ? null : $"it says {status}" };

        public override ClaimSlice? ReadSlice(int maxClaims, CancellationToken cancellationToken)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int count = Math.Min(maxClaims, claims - _read);
            if (count == 0) return null;
            SubmittedClaim[] slice = [.. Enumerable.Range(_read + 1, count).Select(Claim)];
            _read += count;
            return new ClaimSlice { Submitted = slice };
        }

        public override void Dispose()
        {
        }

        private static SubmittedClaim Claim(int position) => new()
        {
            Position = position,
            Id = $"claim-{position}",
            PayerId = "payer",
            ProviderId = "provider",
            Gross = 1,
            PatientShare = 0,
            Net = 1,
            Diagnoses = [],
            Activities = [],
        };
    }
}
