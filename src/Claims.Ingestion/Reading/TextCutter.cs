using System.Text;

namespace Claims.Ingestion.Reading;

/// <summary>Goes once through the text of a file and takes pieces out of it, found by line and column as the XML reader counts them.</summary>
/// <remarks>Of a piece no more than a limit is taken, and a block: what is longer is too long.</remarks>
internal sealed class TextCutter(DecodedText text, int maxTaken)
{
    private ReadOnlyMemory<char> _block;
    private Place _at = new(1, 1);
    private bool _afterReturn;

    /// <summary>Goes forward to a place, which must be after the first column of its line.</summary>
    /// <param name="place">The place.</param>
    /// <param name="taken">Gets the text that is passed over, when given.</param>
    /// <returns><see langword="false"/> when the text ends before.</returns>
    public bool GoTo(Place place, StringBuilder? taken = null)
    {
        while (_at != place)
        {
            if (_at.CompareTo(place) > 0 || !Fill())
                return false;

            if (_at.Line == place.Line && !BeginsWithRestOfLineEnd())
                Advance(Math.Min(_block.Length, place.Column - _at.Column), 0, taken);
            else
                NextLine(taken);
        }

        return true;
    }

    /// <summary>Takes the rest of a tag, from its name to its closing bracket.</summary>
    public bool TakeTag(StringBuilder taken)
    {
        var quote = '\0';
        while (Fill())
        {
            var span = _block.Span;
            var at = quote == 0 ? span.IndexOfAny('>', '"', '\'') : span.IndexOf(quote);
            var newLine = span.IndexOfAny('\r', '\n');
            if (newLine >= 0 && (at < 0 || newLine < at))
            {
                NextLine(taken);
                continue;
            }

            if (at < 0)
            {
                Advance(span.Length, 0, taken);
                continue;
            }

            var found = span[at];
            Advance(at + 1, 0, taken);
            if (found == '>' && quote == 0)
                return true;

            quote = quote == 0 ? found : '\0';
        }

        return false;
    }

    private bool Fill()
    {
        if (_block.IsEmpty)
            _block = text.Read();

        return !_block.IsEmpty;
    }

    private bool BeginsWithRestOfLineEnd() => _afterReturn && _block.Span[0] == '\n';

    // A carriage return, a line feed, or both are one end of a line; they may lie in two blocks.
    private void NextLine(StringBuilder? taken)
    {
        var span = _block.Span;
        if (BeginsWithRestOfLineEnd())
        {
            Advance(1, 0, taken);
            _at = new Place(_at.Line, 1);
            return;
        }

        var end = span.IndexOfAny('\r', '\n');
        if (end < 0)
        {
            Advance(span.Length, 0, taken);
            return;
        }

        var isReturn = span[end] == '\r';
        Advance(end + 1, 1, taken);
        _afterReturn = isReturn;
    }

    private void Advance(int length, int lines, StringBuilder? taken)
    {
        if (taken?.Length <= maxTaken)
            taken.Append(_block.Span[..length]);

        _block = _block[length..];
        _at = lines > 0 ? new Place(_at.Line + lines, 1) : new Place(_at.Line, _at.Column + length);
        _afterReturn = false;
    }
}
