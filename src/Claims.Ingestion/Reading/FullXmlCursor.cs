using System.Xml;

namespace Claims.Ingestion.Reading;

/// <summary>The cursor for every file: the runtime's XML reader decides what is well-formed.</summary>
internal sealed class FullXmlCursor : XmlCursor
{
    private const int RootContent = 1;

    private readonly XmlReader _reader;
    private readonly IXmlLineInfo _lines;
    private readonly int _maxDepth;
    private int _textDepth;
    private int _textLine;
    private bool _inText;

    public FullXmlCursor(Stream stream, ReadingOptions options)
        : base(new XmlSource(stream, new MarkupGuard(Base64Collector.MaxChars(options))))
    {
        _maxDepth = options.MaxDepth;
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
            _reader = XmlReader.Create(Source, settings);
        }
        catch
        {
            Source.Dispose();
            throw;
        }

        _lines = (IXmlLineInfo)_reader;
    }

    public override string Name => _reader.LocalName;

    public override Place Place => new(_lines.LineNumber, _lines.LinePosition);

    public override int TextLine => _textLine;

    public override void MoveToRoot(CancellationToken cancellationToken)
    {
        Source.CancellationToken = cancellationToken;
        while (Read() && _reader.NodeType != XmlNodeType.Element)
        {
            if (_reader.NodeType == XmlNodeType.DocumentType && _reader.Value.Contains("<!ENTITY", StringComparison.Ordinal))
                throw new PayloadException("the DOCTYPE declares entities");
        }

        Source.RootReached = true;
    }

    public override int Enter() => _reader.IsEmptyElement ? Empty : _reader.Depth;

    public override bool NextChild(int parent)
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

    public override void ReadToEnd()
    {
        while (Read())
        {
        }
    }

    public override void BeginText()
    {
        base.BeginText();
        _inText = false;
        _textDepth = Enter();
        _textLine = Line;
    }

    public override int ReadChunk(char[] buffer, int index, int count)
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
                    Notice(buffer.AsSpan(index, read));
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

    public override void Dispose()
    {
        _reader.Dispose();
        base.Dispose();
    }

    // Between the claims there is none that could be left out for it.
    private void RefuseForbidden()
    {
        var high = '\0';
        for (int read; (read = _reader.ReadValueChunk(Scratch, 0, Scratch.Length)) > 0;)
        {
            if (ForbiddenCharacters.AreIn(Scratch.AsSpan(0, read), ref high))
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
