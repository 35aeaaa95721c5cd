using System.Text;

namespace Claims.Ingestion.Reading;

/// <summary>Collects text that arrives in pieces, up to a limit, without the white space around it.</summary>
internal sealed class TextCollector
{
    private readonly StringBuilder _text = new();
    private int _max;

    public bool TooLong { get; private set; }

    /// <summary>Set by whoever adds the text: it holds a character that XML does not allow.</summary>
    public bool HoldsForbidden { get; set; }

    public void Begin(int maxLength)
    {
        _text.Clear();
        _max = maxLength;
        TooLong = HoldsForbidden = false;
    }

    public void Add(ReadOnlySpan<char> piece)
    {
        if (_text.Length == 0)
            piece = piece.TrimStart();

        // White space beyond the limit may be the end of the value: it is only too much when more follows.
        var room = _max - _text.Length;
        if (piece.Length > room)
        {
            TooLong |= !piece[room..].IsWhiteSpace();
            piece = piece[..room];
        }

        _text.Append(piece);
    }

    public ReadOnlySpan<char> Take()
    {
        var text = _text.ToString().AsSpan().TrimEnd();
        _text.Clear();
        return text;
    }
}
