using System.Globalization;
using Claims.Ingestion.Reading;
using CsCheck;

namespace Claims.Ingestion.Tests.Reading;

public class ClaimValuesTests
{
    private static readonly string[] Formats = ["dd/MM/yyyy H:m", "dd/MM/yyyy H:m:s", "dd/MM/yyyy"];

    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("12.3456", "12.3456")]
    [InlineData("12.30", "12.30")]
    [InlineData(".5", "0.5")]
    [InlineData("5.", "5")]
    [InlineData("+7", "7")]
    [InlineData("-80.25", "-80.25")]
    [InlineData("1E3", "1000")]
    [InlineData("1.5e-3", "0.0015")]
    [InlineData("-99999999999.99", "-99999999999.99")]
    [InlineData("99999999999.12345678901234567", "99999999999.12345678901234567")]
    [InlineData("0.30000000000000004", "0.30000000000000004")]
    [InlineData("0000000000000000000000000000000001.0", "1.0")]
    [InlineData("00000000000012.50", "12.50")]
    [InlineData("0E5", "0")]
    public void TryAmount_Number_KeepsEveryDigit(string text, string expected)
    {
        Assert.True(ClaimValues.TryAmount(text, out var amount));
        Assert.Equal(expected, amount.ToString(CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("-.")]
    [InlineData("NaN")]
    [InlineData("INF")]
    [InlineData("-INF")]
    [InlineData("1,234.50")]
    [InlineData("1.2.3")]
    [InlineData("1 2")]
    [InlineData("0x10")]
    [InlineData("١٢")]
    [InlineData("1E")]
    [InlineData("1E29")]
    [InlineData("1E-29")]
    [InlineData("12E-29")]
    [InlineData("1E99999999999")]
    [InlineData("12345678901234567890123456789")]
    [InlineData("100000000000")]
    [InlineData("-100000000000.00")]
    [InlineData("0.123456789012345678")]
    [InlineData("0.12345678901234567890123456789")]
    [InlineData("99999999999999999999999999999999")]
    public void TryAmount_NotANumberOrTooExact_IsRefused(string text) => Assert.False(ClaimValues.TryAmount(text, out _));

    [Fact]
    public void TryAmount_AnyAmountWithinTheLimits_ReadsBackEqual() =>
        Gen.Select(Gen.Long[-9_999_999_999_999, 9_999_999_999_999], Gen.Int[2, 17], (digits, scale) => new decimal((int)Math.Abs(digits), (int)(Math.Abs(digits) >> 32), 0, digits < 0, (byte)scale)).Sample(
            expected => ClaimValues.TryAmount(expected.ToString(CultureInfo.InvariantCulture), out var read) && read == expected && read.Scale == expected.Scale);

    [Theory]
    [InlineData("14/02/2025 7:5", "2025-02-14T07:05:00+04:00")]
    [InlineData("14/02/2025 07:05", "2025-02-14T07:05:00+04:00")]
    [InlineData("14/02/2025 07:05:09", "2025-02-14T07:05:09+04:00")]
    [InlineData("14/02/2025 07:05:9", "2025-02-14T07:05:09+04:00")]
    [InlineData("29/02/2024", "2024-02-29T00:00:00+04:00")]
    [InlineData("01/01/1900 0:0", "1900-01-01T00:00:00+04:00")]
    [InlineData("31/12/9999 23:59", "9999-12-31T23:59:00+04:00")]
    public void TryDate_Date_IsLocalTime(string text, string expected)
    {
        Assert.True(ClaimValues.TryDate(text, TimeSpan.FromHours(4), out var date));
        Assert.Equal(expected, date.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("")]
    [InlineData("31/02/2025")]
    [InlineData("29/02/2025 10:00")]
    [InlineData("00/01/2025")]
    [InlineData("01/13/2025")]
    [InlineData("01/00/2025")]
    [InlineData("1/1/2025")]
    [InlineData("01/01/25")]
    [InlineData("01-01-2025")]
    [InlineData("2025-01-01")]
    [InlineData("01/01/2025 24:00")]
    [InlineData("01/01/2025 10:60")]
    [InlineData("01/01/2025 10:00:60")]
    [InlineData("01/01/2025  10:00")]
    [InlineData("01/01/2025 10")]
    [InlineData("01/01/2025 10:")]
    [InlineData("01/01/2025 :10")]
    [InlineData("01/01/2025 10:00:")]
    [InlineData("01/01/2025 10:00:00:00")]
    [InlineData("01/01/2025 010:00")]
    [InlineData("01/01/2025T10:00")]
    [InlineData("01/01/1899 10:00")]
    [InlineData("٠١/٠١/٢٠٢٥")]
    public void TryDate_NotADate_IsRefused(string text) => Assert.False(ClaimValues.TryDate(text, TimeSpan.FromHours(4), out _));

    [Fact]
    public void TryDate_BeyondTheCalendarInUtc_IsRefused() =>
        Assert.False(ClaimValues.TryDate("31/12/9999 23:59", TimeSpan.FromHours(-4), out _));

    [Fact]
    public void TryDate_AnyText_AgreesWithTryParseExact() =>
        Gen.Select(Gen.Int[0, 33], Gen.Int[0, 14], Gen.Int[1899, 2100], Gen.Int[-1, 25], Gen.Int[0, 61], Gen.Int[-1, 61], Gen.Bool).Sample((day, month, year, hour, minute, second, padded) =>
        {
            var format = padded ? "00" : "0";
            var text = FormattableString.Invariant($"{day:00}/{month:00}/{year}")
                + (hour < 0 ? "" : " " + hour.ToString(format, null) + ":" + minute.ToString(format, null) + (second < 0 ? "" : ":" + second.ToString(format, null)));
            var valid = DateTime.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var expected) && expected.Year >= 1900;
            return ClaimValues.TryDate(text, TimeSpan.FromHours(4), out var read) == valid && (!valid || read.DateTime == expected);
        });
}
