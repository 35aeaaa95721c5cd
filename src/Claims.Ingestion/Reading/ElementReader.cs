using System.Buffers;

namespace Claims.Ingestion.Reading;

/// <summary>Reads the values of a claim's elements, and remembers the first fault found in the claim.</summary>
/// <remarks>After a fault <see cref="Next"/> finds no more children, so that every loop over them ends by itself.</remarks>
internal sealed class ElementReader : IDisposable
{
    // What a small object or a list's place costs, roughly.
    private const int ObjectBytes = 128;
    private const long PlainClaimBytes = 4L * 1024 * 1024;
    private const int MaxNumberLength = 100;
    private const int PieceChars = 4096;

    private XmlCursor _xml;
    private readonly ReadingOptions _options;
    private readonly WarningList _warnings;
    private readonly StringCache _cache = StringCache.Take();
    private readonly Base64Collector _base64 = new();
    private readonly long _maxClaimBytes;
    private char[]? _piece;
    private int _position;
    private bool _disposed;
    private long _claimBytes;

    public ElementReader(XmlCursor xml, ReadingOptions options, WarningList warnings)
    {
        _xml = xml;
        _options = options;
        _warnings = warnings;
        // Four of the largest attachments and texts, and room for all the rest.
        _maxClaimBytes = (4L * (options.MaxAttachmentBytes + (2L * options.MaxTextLength))) + PlainClaimBytes;
    }

    public ClaimFault? Fault { get; private set; }

    /// <summary>What the claims read since it was set to 0 hold in memory, roughly.</summary>
    public long HeldBytes { get; set; }

    public string Name => _xml.Name;

    public int Line => _xml.Line;

    public int MaxTextLength => _options.MaxTextLength;

    /// <summary>Goes on with another cursor over the same file.</summary>
    public void Use(XmlCursor xml) => _xml = xml;

    public void Begin(int position)
    {
        _position = position;
        _claimBytes = 0;
        Fault = null;
        Hold(ObjectBytes);
    }

    /// <summary>Enters the present element and counts the object that is made of it.</summary>
    public int Enter()
    {
        Hold(ObjectBytes);
        return _xml.Enter();
    }

    public bool Next(int parent) => Fault is null && _xml.NextChild(parent);

    /// <summary>Passes over the rest of a claim with a fault, and looks there for the claim's id when it is not known yet.</summary>
    public string? PassOver(int parent, string? id)
    {
        while (_xml.NextChild(parent))
        {
            if (id is null && Name == "ID")
            {
                var text = _xml.ReadText(_options.MaxIdentifierLength, out _);
                id = text.IsEmpty || _xml.HoldsForbidden ? null : text.ToString();
            }
        }

        return id;
    }

    /// <summary>Reads an identifier that seldom repeats.</summary>
    public string? Identifier(string path)
    {
        var text = Limited(path, _options.MaxIdentifierLength, ClaimFault.IdentifierLength);
        return text.IsEmpty ? null : Keep(text);
    }

    /// <summary>Reads a code, or an identifier that repeats from claim to claim.</summary>
    public string? Code(string path)
    {
        var text = Limited(path, _options.MaxIdentifierLength, ClaimFault.IdentifierLength);
        return text.IsEmpty ? null : _cache.Get(text);
    }

    public string? Text(string path)
    {
        var text = Limited(path, _options.MaxTextLength, ClaimFault.TextLength);
        return text.IsEmpty ? null : Keep(text);
    }

    public decimal? Amount(string path)
    {
        var text = _xml.ReadText(MaxNumberLength, out var tooLong);
        if (text.IsEmpty && !tooLong && !_xml.HoldsForbidden)
            return null;

        if (!tooLong && ClaimValues.TryAmount(text, out var amount) && !_xml.HoldsForbidden)
            return amount;

        FailIfForbidden(path);
        Fail(_xml.TextLine, ClaimFault.Amount, $"{path} is not a number of at most 28 digits");
        return null;
    }

    public DateTimeOffset? Date(string path)
    {
        var text = _xml.ReadText(MaxNumberLength, out var tooLong);
        if (text.IsEmpty && !tooLong && !_xml.HoldsForbidden)
            return null;

        if (!tooLong && ClaimValues.TryDate(text, _options.UtcOffset, out var date) && !_xml.HoldsForbidden)
            return date;

        FailIfForbidden(path);
        Fail(_xml.TextLine, ClaimFault.Date, $"{path} is not a date in the form dd/MM/yyyy HH:mm");
        return null;
    }

    /// <summary>Reads a value that may turn out to be a file: as text into the builder, as base64 into the collector, or both.</summary>
    public void ReadValue(TextCollector? text, bool asFile)
    {
        text?.Begin(_options.MaxTextLength);
        _base64.Begin((int)Math.Min(_options.MaxAttachmentBytes, Math.Max(0, _maxClaimBytes - _claimBytes)));
        _xml.BeginText();
        _piece ??= ArrayPool<char>.Shared.Rent(PieceChars);
        int read;
        while ((read = _xml.ReadChunk(_piece, 0, _piece.Length)) > 0)
        {
            text?.Add(_piece.AsSpan(0, read));
            if (asFile)
                _base64.Add(_piece.AsSpan(0, read));
        }

        if (text is not null)
            text.HoldsForbidden = _xml.HoldsForbidden;
    }

    /// <summary>Takes the file that <see cref="ReadValue"/> collected. One that cannot be had is left out with a warning.</summary>
    public byte[]? TakeFile(string path, int line)
    {
        var content = _base64.End();
        if (_base64.State == Base64Collector.Result.Malformed)
            _warnings.Add(_position, line, $"the attachment in {path} is not valid base64 and was left out");
        else if (_base64.State == Base64Collector.Result.TooLarge)
            _warnings.Add(_position, line, FormattableString.Invariant($"the attachment in {path} was left out: more than {_options.MaxAttachmentBytes} bytes, or more than {_maxClaimBytes} in the claim"));

        _base64.Release();
        Hold(content?.Length ?? 0);
        return content;
    }

    public byte[]? Attachment(string path)
    {
        var line = Line;
        ReadValue(text: null, asFile: true);
        return TakeFile(path, line);
    }

    public string Keep(ReadOnlySpan<char> text)
    {
        Hold(32 + (2 * text.Length));
        return text.ToString();
    }

    public void Require(bool present, int line, string path)
    {
        if (!present)
            Fail(line, ClaimFault.Required, $"{path} is missing or empty");
    }

    public void FailTooLong(int line, string rule, string path, int maxLength) =>
        Fail(line, rule, FormattableString.Invariant($"{path} is longer than {maxLength} characters"));

    public void FailForbidden(int line, string path) => Fail(line, ClaimFault.Character, $"{path} holds a character that XML does not allow, or bytes that are not valid in the file's encoding");

    public void Dispose()
    {
        _base64.Dispose();
        _xml.Dispose();
        if (_disposed)
            return;

        _disposed = true;
        _cache.GiveBack();
        if (_piece is not null)
            ArrayPool<char>.Shared.Return(_piece);
    }

    private ReadOnlySpan<char> Limited(string path, int maxLength, string rule)
    {
        var text = _xml.ReadText(maxLength, out var tooLong);
        if (tooLong)
            FailTooLong(_xml.TextLine, rule, path, maxLength);

        return FailIfForbidden(path) ? default : text;
    }

    private bool FailIfForbidden(string path)
    {
        if (_xml.HoldsForbidden)
            FailForbidden(_xml.TextLine, path);

        return _xml.HoldsForbidden;
    }

    private void Fail(int line, string rule, string reason) => Fault ??= new ClaimFault(line, rule, reason);

    private void Hold(int bytes)
    {
        _claimBytes += bytes;
        HeldBytes += bytes;
        if (_claimBytes > _maxClaimBytes)
            Fail(Line, ClaimFault.ClaimSize, FormattableString.Invariant($"Claim takes more than {_maxClaimBytes} bytes of memory"));
    }
}
