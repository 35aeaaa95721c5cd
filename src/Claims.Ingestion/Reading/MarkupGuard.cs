namespace Claims.Ingestion.Reading;

/// <summary>Follows XML text just enough to refuse a tag or CDATA section that would have to be held in memory as a whole.</summary>
/// <remarks>The runtime's reader has no limit for them. Text between tags needs none, since it is read in pieces.</remarks>
internal sealed class MarkupGuard(int maxCData)
{
    /// <summary>The longest tag, attributes included, in characters.</summary>
    public const int MaxTag = 64 * 1024;

    private State _state;
    private char _quote;
    private bool _declaration;
    private long _length;

    // The two characters before the present one, to find ends that lie across two blocks.
    private char _before;
    private char _last;

    private enum State
    {
        Text,
        Opened,
        OpenedDeclaration,
        Tag,
        Quoted,
        Comment,
        CData,
        Instruction,
    }

    /// <summary>Takes the next block of text.</summary>
    /// <exception cref="PayloadException">A tag or a CDATA section is too long.</exception>
    public void Follow(ReadOnlySpan<char> text)
    {
        if (SkipPlain(text) is > 0 and var plain)
            text = text[plain..];

        while (!text.IsEmpty)
            text = text[Step(text)..];
    }

    // Nearly every block has nothing but elements and text. A well-formed tag holds no other tag's bracket, and the reader ends at one that does:
    // so all tags but the last begin and end within the block, or the one before it, and cannot be too long.
    private int SkipPlain(ReadOnlySpan<char> text)
    {
        var isPlain = _state == State.Text || (_state is State.Tag or State.Quoted && !_declaration && _length + text.Length <= MaxTag);
        if (!isPlain || text.Contains("<!", StringComparison.Ordinal) || text.Contains("<?", StringComparison.Ordinal))
            return 0;

        var last = text.LastIndexOf('<');
        if (last >= 0)
            _state = State.Text;

        return Math.Max(0, last);
    }

    private int Step(ReadOnlySpan<char> text)
    {
        switch (_state)
        {
            case State.Text:
                return Find(text.IndexOf('<'), text.Length, State.Opened);

            case State.Opened:
                _length = 0;
                _declaration = text[0] == '!';
                _before = _last = '\0';
                _state = text[0] switch { '!' => State.OpenedDeclaration, '?' => State.Instruction, _ => State.Tag };
                return _state == State.Tag ? 0 : 1;

            case State.OpenedDeclaration:
                _state = text[0] switch { '-' => State.Comment, '[' => State.CData, _ => State.Tag };
                return _state == State.Tag ? 0 : 1;

            case State.Tag:
                return StepInTag(text);

            case State.Quoted:
                return Count(Find(text.IndexOf(_quote), text.Length, State.Tag), MaxTag, "a tag");

            case State.Comment:
                return FindEnd(text, "--");

            case State.CData:
                return Count(FindEnd(text, "]]"), maxCData, "a CDATA section");

            default:
                return FindEnd(text, "?");
        }
    }

    private int StepInTag(ReadOnlySpan<char> text)
    {
        var at = _declaration ? text.IndexOfAny(">\"'[") : text.IndexOfAny('>', '"', '\'');
        if (at < 0)
            return Count(text.Length, MaxTag, "a tag");

        // A bracket begins the inner declarations of a DOCTYPE: they are followed as if they were text with tags.
        _state = text[at] switch { '>' or '[' => State.Text, _ => State.Quoted };
        _quote = text[at];
        return Count(at + 1, MaxTag, "a tag");
    }

    private int Find(int at, int length, State next)
    {
        if (at < 0)
            return length;

        _state = next;
        return at + 1;
    }

    private int FindEnd(ReadOnlySpan<char> text, string mark)
    {
        for (var from = 0; text[from..].IndexOf('>') is >= 0 and var found;)
        {
            var at = from + found;
            var last = at > 0 ? text[at - 1] : _last;
            var before = at > 1 ? text[at - 2] : at == 1 ? _last : _before;
            if (last == mark[^1] && (mark.Length == 1 || before == mark[0]))
            {
                _state = State.Text;
                return at + 1;
            }

            from = at + 1;
        }

        _before = text.Length > 1 ? text[^2] : _last;
        _last = text[^1];
        return text.Length;
    }

    private int Count(int taken, int max, string what)
    {
        _length += taken;
        if (_length > max)
            throw new PayloadException(FormattableString.Invariant($"{what} is longer than {max} characters"));

        return taken;
    }
}
