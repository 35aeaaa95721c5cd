using System.Buffers;

namespace Claims.Ingestion.Reading;

/// <summary>The characters that XML does not allow. They must cost only the claim that holds them, so they are carried as far as its text.</summary>
internal static class ForbiddenCharacters
{
    /// <summary>Stands for a forbidden character on its way through the XML reader, which lets it pass in text but in no name. No real text holds it: it is no character.</summary>
    public const char Substitute = '\uFDD0';

    private static readonly SearchValues<char> Controls =
        SearchValues.Create([.. Enumerable.Range(0, ' ').Select(c => (char)c).Where(c => c is not ('\t' or '\n' or '\r'))]);

    /// <summary>Puts the substitute in the place of what the XML reader would not let pass.</summary>
    public static void Replace(Span<char> text)
    {
        for (var rest = text; rest.IndexOfAny(Controls) is >= 0 and var at; rest = rest[(at + 1)..])
            rest[at] = Substitute;

        for (var rest = text; rest.IndexOfAnyInRange('\uFFFE', '\uFFFF') is >= 0 and var at; rest = rest[(at + 1)..])
            rest[at] = Substitute;
    }

    /// <summary>Whether text that arrives in pieces holds a forbidden character, its substitute, or half of a surrogate pair.</summary>
    /// <param name="piece">The next piece.</param>
    /// <param name="high">The first half of a pair that the last piece ended with, else 0; half a pair when it is still set at the end of the text.</param>
    public static bool AreIn(ReadOnlySpan<char> piece, ref char high)
    {
        for (var at = 0; ;)
        {
            // Nearly all text is found harmless by one look.
            if (high == 0)
            {
                var next = piece[at..].IndexOfAnyExceptInRange(' ', '\uD7FF');
                if (next < 0)
                    return false;

                at += next;
            }

            if (at == piece.Length)
                return false;

            var c = piece[at++];
            if (high != 0 != char.IsLowSurrogate(c))
                return true;

            high = char.IsHighSurrogate(c) ? c : '\0';
            if ((c < ' ' && c is not ('\t' or '\n' or '\r')) || c is Substitute or >= '\uFFFE')
                return true;
        }
    }
}
