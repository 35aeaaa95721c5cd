using System.Globalization;

namespace Claims.Ingestion.Reading;

/// <summary>Reads the amounts and dates of claim files.</summary>
internal static class ClaimValues
{
    private const int MaxDigits = 28;
    private const int MaxScale = 28;
    private const int FirstYear = 1900;

    // 18 digits fit a long.
    private const int MaxShortLength = 18;

    private const NumberStyles AmountStyle = NumberStyles.Float;

    // A hundred billion dirhams and 17 digits after the point: any sum that a report makes of such amounts still fits a decimal.
    private const decimal AmountLimit = 100_000_000_000m;
    private const int MaxAmountScale = 17;

    // With no more digits than this before the point, a number is below the limit, and one of 18 characters cannot have too many after it.
    private const int MaxShortWhole = 11;

    /// <summary>Reads an amount, with every digit it has. What would have to be rounded, or is beyond any bill, is refused.</summary>
    public static bool TryAmount(ReadOnlySpan<char> text, out decimal amount) =>
        TryShortAmount(text, out amount)
        || (KeepsAllDigits(text)
            && decimal.TryParse(text, AmountStyle, CultureInfo.InvariantCulture, out amount)
            && Math.Abs(amount) < AmountLimit
            && amount.Scale <= MaxAmountScale);

    /// <summary>Reads <c>dd/MM/yyyy</c>, alone or with <c>H:m</c> or <c>H:m:s</c>, as local time at an offset from UTC.</summary>
    public static bool TryDate(ReadOnlySpan<char> text, TimeSpan utcOffset, out DateTimeOffset date)
    {
        date = default;
        if (text is not [_, _, '/', _, _, '/', _, _, _, _, ..]
            || !TryDigits(text[..2], out var day)
            || !TryDigits(text.Slice(3, 2), out var month)
            || !TryDigits(text.Slice(6, 4), out var year)
            || !TryTime(text[10..], out var time))
            return false;

        if (year < FirstYear || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month))
            return false;

        // The last hours of the year 9999 may lie beyond what can be told in UTC.
        var local = new DateTime(year, month, day) + time;
        if (utcOffset < TimeSpan.Zero && DateTime.MaxValue - local < -utcOffset)
            return false;

        date = new DateTimeOffset(local, utcOffset);
        return true;
    }

    private static bool TryTime(ReadOnlySpan<char> text, out TimeSpan time)
    {
        time = default;
        if (text.IsEmpty)
            return true;

        if (text[0] != ' ')
            return false;

        text = text[1..];
        var colon = text.IndexOf(':');
        if (colon < 0 || !TryPart(text[..colon], 23, out var hour))
            return false;

        text = text[(colon + 1)..];
        colon = text.IndexOf(':');
        var second = 0;
        if (colon >= 0 && !TryPart(text[(colon + 1)..], 59, out second))
            return false;

        if (!TryPart(colon < 0 ? text : text[..colon], 59, out var minute))
            return false;

        time = new TimeSpan(hour, minute, second);
        return true;
    }

    private static bool TryPart(ReadOnlySpan<char> text, int max, out int value)
    {
        value = 0;
        return text.Length is 1 or 2 && TryDigits(text, out value) && value <= max;
    }

    private static bool TryDigits(ReadOnlySpan<char> text, out int value)
    {
        value = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiDigit(c))
                return false;

            value = (value * 10) + (c - '0');
        }

        return true;
    }

    // Nearly all amounts: digits and at most one point, and within the limits. What it does not take may be an amount all the same.
    private static bool TryShortAmount(ReadOnlySpan<char> text, out decimal amount)
    {
        amount = default;
        var negative = text is ['-', ..];
        if (negative)
            text = text[1..];

        if (text.Length is 0 or > MaxShortLength)
            return false;

        long value = 0;
        var scale = -1;
        foreach (var c in text)
        {
            if (char.IsAsciiDigit(c))
                value = (value * 10) + (c - '0');
            else if (c != '.' || scale >= 0)
                return false;

            if (scale >= 0 || c == '.')
                scale++;
        }

        var whole = scale < 0 ? text.Length : text.Length - scale - 1;
        if ((scale == 0 && whole == 0) || whole > MaxShortWhole)
            return false;

        amount = new decimal((int)value, (int)(value >> 32), 0, negative && value != 0, (byte)Math.Max(scale, 0));
        return true;
    }

    // decimal.TryParse rounds silently what does not fit.
    private static bool KeepsAllDigits(ReadOnlySpan<char> text)
    {
        var e = text.IndexOfAny('e', 'E');
        var exponent = 0;
        if (e >= 0 && !int.TryParse(text[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
            return false;

        var digits = 0;
        var zeros = 0;
        var scale = 0;
        var point = false;
        foreach (var c in e < 0 ? text : text[..e])
        {
            if (c == '.')
                point = true;
            else if (char.IsAsciiDigit(c))
            {
                if (digits > 0 || c != '0')
                    digits++;

                zeros = c == '0' ? zeros + 1 : 0;
                if (point)
                    scale++;
            }
        }

        return digits == 0
            ? Math.Abs((long)exponent) <= MaxScale && scale <= MaxScale
            : digits <= MaxDigits && (long)scale - exponent - Math.Min(zeros, scale) <= MaxScale;
    }
}
