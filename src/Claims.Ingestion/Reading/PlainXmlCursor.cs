using System.Buffers;
using System.Globalization;

namespace Claims.Ingestion.Reading;

/// <summary>
/// The cursor for nearly every file, at a third of the cost: elements, text and the usual references. Whatever else XML knows, and whatever may be wrong, it does not judge:
/// it gives up with a <see cref="NotPlainException"/>, and a <see cref="FullXmlCursor"/> begins anew.
/// </summary>
internal sealed class PlainXmlCursor : XmlCursor
{
    private const int BufferChars = 32 * 1024;
    private const int LongestReference = 10;

    /// <summary>The place of a node that lies in the buffer no more.</summary>
    private const int Gone = -1;

    /// <summary>What names may consist of here, the colon after a prefix included.</summary>
    public static readonly SearchValues<char> NameChars = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_:");
    private static readonly SearchValues<char> EndsOfText = SearchValues.Create("<&>\r");

    /// <summary>Characters of text that are neither special nor forbidden, nor part of a pair.</summary>
    private static readonly SearchValues<char> Ordinary = SearchValues.Create(['\t', '\n', .. Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Except("<&>")]);

    private static readonly PlainName NoName = new("", "", 0);

    private readonly char[] _buffer = ArrayPool<char>.Shared.Rent(BufferChars);
    private readonly PlainNames _names = PlainNames.Take();
    private readonly PlainName[] _open;
    private readonly long _maxChars;
    private int _next;
    private int _end;
    private bool _ended;
    private bool _disposed;
    private long _charsRead;

    // The present node: an element's start or end.
    private bool _isStart;
    private bool _isEmpty;
    private bool _rootSeen;
    private int _depth;
    private int _openCount;
    private PlainName _name = NoName;
    private PlainName _last = NoName;
    private bool _textOpen;

    // Lines are counted when somebody asks, up to the present node.
    private Place _place;
    private int _nodeAt = Gone;
    private int _textAt = Gone;
    private int _textLine;
    private LineCounter _lines = new();

    public PlainXmlCursor(Stream stream, ReadingOptions options)
        : base(new XmlSource(stream, guard: null))
    {
        _open = new PlainName[options.MaxDepth];
        _maxChars = Math.Max(options.MaxDecodedBytes, options.MaxFileBytes);
    }

    public override string Name => _name.Local;

    public override Place Place
    {
        get
        {
            CountToText();
            if (_nodeAt != Gone)
                _place = _lines.PlaceOf(_buffer, _nodeAt);

            return _place;
        }
    }

    public override int TextLine
    {
        get
        {
            CountToText();
            return _textLine;
        }
    }

    public override void MoveToRoot(CancellationToken cancellationToken)
    {
        Source.CancellationToken = cancellationToken;
        if (!Move())
            throw new NotPlainException();

        _rootSeen = Source.RootReached = true;
    }

    public override int Enter() => _isEmpty ? Empty : _depth;

    public override bool NextChild(int parent)
    {
        if (parent == Empty)
            return false;

        while (Move())
        {
            if (_isStart && _depth == parent + 1)
                return true;

            if (!_isStart && _depth == parent)
                return false;
        }

        return false;
    }

    public override void ReadToEnd()
    {
        while (Move())
        {
        }
    }

    public override ReadOnlySpan<char> ReadText(int maxLength, out bool tooLong)
    {
        while (_isStart && !_isEmpty)
        {
            // Nearly always the whole value and its end tag lie there.
            var rest = _buffer.AsSpan(_next, _end - _next);
            var length = rest.IndexOfAnyExcept(Ordinary);
            var isOrdinary = length >= 0 && rest[length] == '<';
            if (!isOrdinary)
                length = rest.IndexOfAny(EndsOfText);

            var all = length + _name.Raw.Length + "</>".Length;
            if (length < 0 || all > rest.Length)
            {
                if (rest.Length <= Math.Min(maxLength, BufferChars / 2) && More())
                    continue;

                break;
            }

            var end = rest[length..all];
            if (length > maxLength || end is not ['<', '/', .., '>'] || !end[2..^1].SequenceEqual(_name.Raw))
                break;

            base.BeginText();
            if (!isOrdinary)
                Notice(rest[..length]);

            if (_nodeAt == Gone)
                _textLine = _place.Line;

            _textAt = _nodeAt;
            _nodeAt = _next + length + "</".Length;
            _next += all;
            Close();
            tooLong = false;
            return rest[..length].Trim();
        }

        return base.ReadText(maxLength, out tooLong);
    }

    public override void BeginText()
    {
        base.BeginText();
        _textLine = Line;
        _textOpen = _isStart && !_isEmpty;
    }

    public override int ReadChunk(char[] buffer, int index, int count)
    {
        while (_textOpen)
        {
            Need(1);
            var rest = _buffer.AsSpan(_next, Math.Min(_end - _next, count));
            var length = rest.IndexOfAny(EndsOfText);
            if (length < 0)
                length = rest.Length;

            if (length > 0)
            {
                rest[..length].CopyTo(buffer.AsSpan(index));
                _next += length;
            }
            else if (rest[0] == '<')
            {
                Need(2);
                if (_buffer[_next + 1] != '/')
                    throw new NotPlainException();

                Move();
                _textOpen = false;
                return 0;
            }
            else if (TakeSpecial() is { } c)
            {
                buffer[index] = c;
                length = 1;
            }
            else
            {
                continue;
            }

            Notice(buffer.AsSpan(index, length));
            return length;
        }

        return 0;
    }

    public override void Dispose()
    {
        base.Dispose();
        if (_disposed)
            return;

        _disposed = true;
        ArrayPool<char>.Shared.Return(_buffer);
        _names.GiveBack();
    }

    /// <summary>Moves to the next start or end of an element.</summary>
    /// <returns><see langword="false"/> at the end of the file.</returns>
    private bool Move()
    {
        while (true)
        {
            var space = _buffer.AsSpan(_next, _end - _next).IndexOfAnyExcept(' ', '\n', '\t');
            _next = space < 0 ? _end : _next + space;
            if (_next == _end)
            {
                if (More())
                    continue;

                return _openCount == 0 && _rootSeen ? false : throw new NotPlainException();
            }

            switch (_buffer[_next])
            {
                case '<':
                    ReadTag();
                    return true;

                case '&' or '>' or '\r':
                    PassOverText(0);
                    break;

                default:
                    PassOverText(_buffer.AsSpan(_next, _end - _next).IndexOfAny(EndsOfText));
                    break;
            }
        }
    }

    // Between the claims it is for the other cursor to judge.
    private void PassOverText(int length)
    {
        if (length != 0)
        {
            if (_openCount <= 1)
                throw new NotPlainException();

            _next = length < 0 ? _end : _next + length;
        }
        else if (TakeSpecial() is not null && _openCount <= 1)
        {
            throw new NotPlainException();
        }
    }

    /// <summary>Takes a reference, or another character of text that means something.</summary>
    /// <returns>What it stands for, or nothing for the first part of a line's end.</returns>
    private char? TakeSpecial()
    {
        switch (_buffer[_next])
        {
            case '\r':
                Need(2);
                _next++;
                return _buffer[_next] == '\n' ? null : throw new NotPlainException();

            // What ends a CDATA section must not be in text.
            case '>':
                if (_next < 2 || _buffer.AsSpan(_next - 2, 2) is "]]")
                    throw new NotPlainException();

                _next++;
                return '>';

            default:
                return TakeReference();
        }
    }

    private char TakeReference()
    {
        int length;
        while ((length = _buffer.AsSpan(_next, Math.Min(LongestReference, _end - _next)).IndexOf(';')) < 0)
        {
            if (_end - _next >= LongestReference || !More())
                throw new NotPlainException();
        }

        var name = _buffer.AsSpan(_next + 1, length - 1);
        var c = name switch
        {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            _ => OfNumber(name),
        };
        _next += length + 1;
        return c;
    }

    private static char OfNumber(ReadOnlySpan<char> number)
    {
        var isKnown = number is ['#', 'x', .. var hex]
            ? int.TryParse(hex, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code)
            : int.TryParse(number is ['#', .. var digits] ? digits : default, NumberStyles.None, CultureInfo.InvariantCulture, out code);
        return isKnown && code is '\t' or '\n' or '\r' or (>= ' ' and < '\uD800') ? (char)code : throw new NotPlainException();
    }

    private void ReadTag()
    {
        if (ReadExpectedTag())
            return;

        int length;
        while ((length = _buffer.AsSpan(_next, _end - _next).IndexOf('>')) < 0)
        {
            if (!More())
                throw new NotPlainException();
        }

        var tag = _buffer.AsSpan(_next + 1, length - 1);
        if (tag is ['/', ..])
            ReadEnd(tag[1..]);
        else
            ReadStart(tag);

        _next += length + 1;
    }

    /// <summary>Reads the end of the open element, or the start of the element that came here the last time, when it is one without attributes.</summary>
    private bool ReadExpectedTag()
    {
        if (_openCount == 0 || _openCount == _open.Length)
            return false;

        var tag = _buffer.AsSpan(_next + 1, _end - _next - 1);
        var parent = _open[_openCount - 1];
        if (tag is ['/', .. var name])
        {
            if (!Is(name, parent))
                return false;

            _nodeAt = _next + 2;
            _next += parent.Raw.Length + "</>".Length;
            Close();
            return true;
        }

        if (_names.Next(_last, parent) is not { } next || !Is(tag, next))
            return false;

        Open(next, isEmpty: false);
        _next += next.Raw.Length + "<>".Length;
        return true;
    }

    private static bool Is(ReadOnlySpan<char> tag, PlainName name) => tag.Length > name.Raw.Length && tag[name.Raw.Length] == '>' && tag.StartsWith(name.Raw);

    private void ReadStart(ReadOnlySpan<char> tag)
    {
        if ((_rootSeen && _openCount == 0) || _openCount == _open.Length)
            throw new NotPlainException();

        var isEmpty = tag is [.., '/'];
        if (isEmpty)
            tag = tag[..^1];

        var length = tag.IndexOfAnyExcept(NameChars);
        var name = _names.Get(length < 0 ? tag : tag[..length]);
        if (length >= 0)
            _names.TakeAttributes(tag[length..], isRoot: _openCount == 0);

        if (_openCount > 0)
            _names.Next(_last, _open[_openCount - 1]) = name;

        Open(name, isEmpty);
    }

    private void Open(PlainName name, bool isEmpty)
    {
        _names.RequirePrefix(name);
        _name = _last = name;
        _nodeAt = _next + 1;
        _isStart = true;
        _isEmpty = isEmpty;
        _depth = _openCount;
        if (!isEmpty)
            _open[_openCount++] = name;
    }

    private void ReadEnd(ReadOnlySpan<char> name)
    {
        if (_openCount == 0 || !name.TrimEnd(" \t\n").SequenceEqual(_open[_openCount - 1].Raw))
            throw new NotPlainException();

        _nodeAt = _next + 2;
        Close();
    }

    private void Close()
    {
        _name = _open[--_openCount];
        _depth = _openCount;
        _isStart = _isEmpty = false;
    }

    /// <summary>Makes sure of so many characters.</summary>
    private void Need(int count)
    {
        while (_end - _next < count)
        {
            if (!More())
                throw new NotPlainException();
        }
    }

    private bool More()
    {
        if (_ended)
            return false;

        if (_next > 0)
            MoveToStart();

        if (_end == _buffer.Length)
            throw new NotPlainException();

        try
        {
            var read = Source.Read(_buffer, _end, _buffer.Length - _end);
            _end += read;
            _charsRead += read;
            _ended = read == 0;
        }
        catch (PayloadException)
        {
            // The other cursor says where.
            throw new NotPlainException();
        }

        return _charsRead <= _maxChars ? !_ended : throw new NotPlainException();
    }

    private void MoveToStart()
    {
        _place = Place;
        _nodeAt = Gone;
        _lines.Leave(_buffer, _next);
        _buffer.AsSpan(_next, _end - _next).CopyTo(_buffer);
        _end -= _next;
        _next = 0;
    }

    // Lines are counted forwards only, so this comes before any later place.
    private void CountToText()
    {
        if (_textAt == Gone)
            return;

        _textLine = _lines.PlaceOf(_buffer, _textAt).Line;
        _textAt = Gone;
    }
}
