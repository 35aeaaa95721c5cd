using System.Globalization;
using System.Text;

namespace Claims.Ingestion.Reading;

/// <summary>Cuts claims out of an eClaimLink file: a document with the file's own root, its header and the claims, as UTF-8.</summary>
/// <remarks>
/// The reading noted where the claims are that it left out: then one pass over the decoded text is enough, which costs a fraction of reading.
/// For claims that the store refused, the file is gone through by an XML reader first.
/// </remarks>
internal sealed class EClaimLinkExcerpt(Func<Stream> open, ReadingOptions options) : ClaimExcerpt
{
    // So much is left for the root, the header and the note.
    private const int MaxHeaderBytes = 1024 * 1024;

    private readonly SortedDictionary<int, ElementPlace> _claims = [];

    /// <summary>Where the root's start tag is.</summary>
    public Place Root { get; set; }

    public ElementPlace Header { get; set; }

    /// <summary>Notes where a claim is that is left out.</summary>
    public void Add(int position, ElementPlace place)
    {
        if (_claims.Count < MaxClaims)
            _claims.Add(position, place);
    }

    public override KeptClaims? Cut(IReadOnlyList<int> positions, int total, CancellationToken cancellationToken)
    {
        int[] wanted = [.. positions.Take(MaxClaims)];
        if (!wanted.All(_claims.ContainsKey))
            Find(wanted, cancellationToken);

        using var text = new DecodedText(open()) { CancellationToken = cancellationToken };
        var cutter = new TextCutter(text, MaxBytes);
        var root = new StringBuilder();
        if (!cutter.GoTo(Root) || !cutter.TakeTag(root))
            return null;

        // The header may come anywhere among the claims; it is put first.
        string? header = null;
        var claims = new MemoryStream();
        var kept = new List<int>();
        foreach (var position in wanted)
        {
            if (!_claims.TryGetValue(position, out var place))
                return null;

            if (header is null && Header.Start.CompareTo(place.Start) < 0 && (header = Take(cutter, Header)) is null)
                return null;

            if (Take(cutter, place) is not { } claim)
                return null;

            if (claims.Length + Encoding.UTF8.GetByteCount(claim) > MaxBytes - MaxHeaderBytes)
                continue;

            claims.Write(Encoding.UTF8.GetBytes(claim));
            claims.WriteByte((byte)'\n');
            kept.Add(position);
        }

        header ??= Take(cutter, Header);
        return header is null || header.Length + root.Length > MaxHeaderBytes / 4 ? null : new KeptClaims { Content = Compose(root.ToString(), header, claims, total - kept.Count), Positions = kept };
    }

    private static byte[] Compose(string root, string header, MemoryStream claims, int missing)
    {
        // The name is noted as the place of a tag, so the bracket before it is not in the text.
        var name = root[..root.AsSpan().IndexOfAny(" \t\r\n/>")];
        var content = new MemoryStream();
        content.Write(Encoding.UTF8.GetBytes($"<{root}\n{header}\n"));
        claims.WriteTo(content);
        if (missing > 0)
            content.Write(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"<!-- {missing} more claims were left out and are not kept; claims.claim_error names them. -->\n")));

        content.Write(Encoding.UTF8.GetBytes($"</{name}>\n"));
        return content.ToArray();
    }

    private static string? Take(TextCutter cutter, ElementPlace place)
    {
        var taken = new StringBuilder("<");
        return cutter.GoTo(place.Start) && cutter.GoTo(place.End, taken) && cutter.TakeTag(taken) ? taken.ToString() : null;
    }

    private void Find(int[] wanted, CancellationToken cancellationToken)
    {
        _claims.Clear();
        using var xml = new FullXmlCursor(open(), options);
        xml.MoveToRoot(cancellationToken);
        var root = xml.Enter();
        var next = 0;
        for (var position = 0; next < wanted.Length && xml.NextChild(root);)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (xml.Name != "Claim" || ++position != wanted[next])
                continue;

            var start = xml.Place;
            xml.PassOver();
            _claims.Add(position, new ElementPlace(start, xml.Place));
            next++;
        }
    }
}
