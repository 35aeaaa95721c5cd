namespace Claims.Ingestion.Reading;

/// <summary>Moves through the elements of an XML file, one direct child after the other, and reads text within limits.</summary>
/// <remarks>
/// Depth alone decides what belongs to what: a child that nobody reads, or that was read in part, is passed over with its
/// whole subtree by the next call, and no call runs past the end of the parent.
/// </remarks>
internal abstract class XmlCursor(XmlSource source) : IDisposable
{
    /// <summary>What <see cref="Enter"/> returns for an element that has no content.</summary>
    public const int Empty = -1;

    private const int PairChars = 2;
    private const int ScratchChars = 4096;

    private char[] _text = new char[512];
    private char[]? _scratch;
    private bool _holdsForbidden;
    private char _highSurrogate;

    /// <summary>The name of the element, without a prefix.</summary>
    public abstract string Name { get; }

    /// <summary>Where the present node is: its name, after the angle bracket and slash.</summary>
    public abstract Place Place { get; }

    public int Line => Place.Line;

    public int Column => Place.Column;

    /// <summary>The line of the element whose text was read last. Only trouble asks for it.</summary>
    public abstract int TextLine { get; }

    public XmlSource Source { get; } = source;

    /// <summary>Whether the text that was read last, as far as it was read, holds a character that XML does not allow.</summary>
    public bool HoldsForbidden => _holdsForbidden || _highSurrogate != 0;

    protected char[] Scratch => _scratch ??= new char[ScratchChars];

    /// <summary>Moves to the root element.</summary>
    /// <exception cref="PayloadException">A DOCTYPE declares entities.</exception>
    public abstract void MoveToRoot(CancellationToken cancellationToken);

    /// <summary>Enters the present element, for <see cref="NextChild"/>.</summary>
    public abstract int Enter();

    /// <summary>Moves to the next direct child of an entered element.</summary>
    /// <returns><see langword="false"/> at the end of that element.</returns>
    public abstract bool NextChild(int parent);

    /// <summary>Moves to the end of the present element.</summary>
    public void PassOver()
    {
        for (var element = Enter(); NextChild(element);)
        {
        }
    }

    /// <summary>Reads to the end of the file, which must hold nothing more.</summary>
    public abstract void ReadToEnd();

    /// <summary>Reads the text of the present element, trimmed. The result is good until the next call.</summary>
    public virtual ReadOnlySpan<char> ReadText(int maxLength, out bool tooLong)
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
                var more = ReadChunk(Scratch, 0, ScratchChars);
                if (more == 0)
                    break;

                if (Scratch.AsSpan(0, more).IsWhiteSpace())
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
    public virtual void BeginText()
    {
        _holdsForbidden = false;
        _highSurrogate = '\0';
    }

    /// <summary>Reads the next piece of text, without that of child elements.</summary>
    /// <returns>How many characters were read; 0 at the end of the element.</returns>
    public abstract int ReadChunk(char[] buffer, int index, int count);

    public virtual void Dispose() => Source.Dispose();

    /// <summary>Looks at a piece of the present element's text.</summary>
    protected void Notice(ReadOnlySpan<char> piece) => _holdsForbidden = ForbiddenCharacters.AreIn(piece, ref _highSurrogate) || _holdsForbidden;
}
