using System.Xml;

namespace Claims.Ingestion.Reading;

/// <summary>Moves through the elements of an XML file, one direct child after the other, and reads text within limits.</summary>
/// <remarks>
/// Depth alone decides what belongs to what: a child that nobody reads, or that was read in part, is passed over with its
/// whole subtree by the next call, and no call runs past the end of the parent.
/// </remarks>
internal sealed class XmlCursor : IDisposable
{
    /// <summary>What <see cref="Enter"/> returns for an element that has no content.</summary>
    public const int Empty = -1;

    private const int RootContent = 1;
    private const int PairChars = 2;
    private const int ScratchChars = 4096;

    private readonly XmlSource _source;
    private readonly XmlReader _reader;
    private readonly IXmlLineInfo _lines;
    private readonly int _maxDepth;
    private readonly char[] _scratch = new char[ScratchChars];
    private char[] _text = new char[ScratchChars];
    private int _textDepth;
    private bool _inText;
    private bool _holdsForbidden;
    private char _highSurrogate;

    public XmlCursor(Stream stream, ReadingOptions options)
    {
        _maxDepth = options.MaxDepth;
        _source = new XmlSource(stream, Base64Collector.MaxChars(options));
        var settings = new XmlReaderSettings
        {
            CloseInput = true,
            DtdProcessing = DtdProcessing.Parse,
            XmlResolver = null,
            MaxCharactersFromEntities = 1,
            MaxCharactersInDocument = Math.Max(options.MaxDecodedBytes, options.MaxFileBytes),
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            IgnoreWhitespace = true,
            CheckCharacters = false,
            NameTable = new BoundedNameTable(),
        };

        try
        {
            // This reads the first block already.
            _reader = XmlReader.Create(_source, settings);
        }
        catch
        {
            _source.Dispose();
            throw;
        }

        _lines = (IXmlLineInfo)_reader;
    }

    /// <summary>The name of the element, without a prefix.</summary>
    public string Name => _reader.LocalName;

    public int Line => _lines.LineNumber;

    public int Column => _lines.LinePosition;

    public XmlSource Source => _source;

    /// <summary>Where the present node is: its name, after the angle bracket and slash.</summary>
    public Place Place => new(_lines.LineNumber, _lines.LinePosition);

    /// <summary>Whether the text that was read last, as far as it was read, holds a character that XML does not allow.</summary>
    public bool HoldsForbidden => _holdsForbidden || _highSurrogate != 0;

    /// <summary>Moves to the root element.</summary>
    /// <exception cref="PayloadException">A DOCTYPE declares entities.</exception>
    public void MoveToRoot(CancellationToken cancellationToken)
    {
        _source.CancellationToken = cancellationToken;
        while (Read() && _reader.NodeType != XmlNodeType.Element)
        {
            if (_reader.NodeType == XmlNodeType.DocumentType && _reader.Value.Contains("<!ENTITY", StringComparison.Ordinal))
                throw new PayloadException("the DOCTYPE declares entities");
        }

        _source.RootReached = true;
    }

    /// <summary>Enters the present element, for <see cref="NextChild"/>.</summary>
    public int Enter() => _reader.IsEmptyElement ? Empty : _reader.Depth;

    /// <summary>Moves to the next direct child of an entered element.</summary>
    /// <returns><see langword="false"/> at the end of that element.</returns>
    public bool NextChild(int parent)
    {
        if (parent == Empty)
            return false;

        while (Read())
        {
            var depth = _reader.Depth;
            if (depth == parent + 1 && _reader.NodeType == XmlNodeType.Element)
                return true;

            if (depth == parent && _reader.NodeType == XmlNodeType.EndElement)
                return false;

            if (depth == RootContent && _reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA)
                RefuseForbidden();
        }

        return false;
    }

    /// <summary>Moves to the end of the present element.</summary>
    public void PassOver()
    {
        for (var element = Enter(); NextChild(element);)
        {
        }
    }

    /// <summary>Reads to the end of the file, which must hold nothing more.</summary>
    public void ReadToEnd()
    {
        while (Read())
        {
        }
    }

    /// <summary>Reads the text of the present element, trimmed. The result is good until the next call.</summary>
    public ReadOnlySpan<char> ReadText(int maxLength, out bool tooLong)
    {
        tooLong = false;
        BeginText();

        // One character more than allowed shows that there is too much; the reader wants room for two, a pair of surrogates.
        var capacity = maxLength + PairChars;
        var length = 0;
        while (true)
        {
            if (capacity - length < PairChars)
            {
                var more = ReadChunk(_scratch, 0, _scratch.Length);
                if (more == 0)
                    break;

                if (_scratch.AsSpan(0, more).IsWhiteSpace())
                    continue;

                tooLong = true;
                return default;
            }

            if (_text.Length - length < PairChars)
                Array.Resize(ref _text, Math.Min(_text.Length * 2, capacity));

            var read = ReadChunk(_text, length, Math.Min(_text.Length, capacity) - length);
            if (read == 0)
                break;

            if (length > 0 || !char.IsWhiteSpace(_text[0]))
            {
                length += read;
                continue;
            }

            var text = _text.AsSpan(0, read).TrimStart();
            text.CopyTo(_text);
            length = text.Length;
        }

        var trimmed = _text.AsSpan(0, length).TrimEnd();
        tooLong = trimmed.Length > maxLength;
        return tooLong ? default : trimmed;
    }

    /// <summary>Makes ready to read the text of the present element piece by piece.</summary>
    public void BeginText()
    {
        _inText = _holdsForbidden = false;
        _highSurrogate = '\0';
        _textDepth = Enter();
    }

    /// <summary>Reads the next piece of text, without that of child elements.</summary>
    /// <returns>How many characters were read; 0 at the end of the element.</returns>
    public int ReadChunk(char[] buffer, int index, int count)
    {
        if (_textDepth == Empty)
            return 0;

        while (true)
        {
            if (_inText)
            {
                var read = _reader.ReadValueChunk(buffer, index, count);
                if (read > 0)
                {
                    _holdsForbidden = ForbiddenCharacters.AreIn(buffer.AsSpan(index, read), ref _highSurrogate) || _holdsForbidden;
                    return read;
                }

                _inText = false;
            }

            if (!Read())
                return 0;

            switch (_reader.NodeType)
            {
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace:
                    _inText = _reader.Depth == _textDepth + 1;
                    break;

                case XmlNodeType.EndElement when _reader.Depth == _textDepth:
                    _textDepth = Empty;
                    return 0;
            }
        }
    }

    public void Dispose() => _reader.Dispose();

    // Between the claims there is none that could be left out for it.
    private void RefuseForbidden()
    {
        var high = '\0';
        for (int read; (read = _reader.ReadValueChunk(_scratch, 0, _scratch.Length)) > 0;)
        {
            if (ForbiddenCharacters.AreIn(_scratch.AsSpan(0, read), ref high))
                throw new PayloadException("a character that XML does not allow, outside the claims");
        }
    }

    private bool Read()
    {
        if (!_reader.Read())
            return false;

        if (_reader.NodeType == XmlNodeType.Element && _reader.Depth >= _maxDepth)
            throw new PayloadException(FormattableString.Invariant($"elements are nested deeper than {_maxDepth}"));

        return true;
    }
}
