using System.Buffers;
using System.Globalization;
using System.Text;

namespace ReferenceHost.Api.Reports;

/// <summary>Rows in the form of RFC 4180, in UTF-8. A text that a spreadsheet would take for a formula gets an apostrophe in front, as OWASP recommends.</summary>
internal sealed class CsvBuffer(int capacity)
{
    private const int LongestPlain = 64;

    /// <summary>What begins a formula in a spreadsheet, also in full width.</summary>
    private static readonly SearchValues<char> FormulaStarts = SearchValues.Create("=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20");

    private static readonly SearchValues<char> Special = SearchValues.Create(",\"\r\n");

    private readonly ArrayBufferWriter<byte> _bytes = new(capacity);
    private bool _isFirst = true;

    public ReadOnlyMemory<byte> Written => _bytes.WrittenMemory;

    /// <summary>A cell without a value; an empty text is quoted and so told from it.</summary>
    public void Nothing() => Begin();

    /// <summary>A number or a date, in invariant form.</summary>
    public void Plain<T>(T value, string format)
        where T : IUtf8SpanFormattable
    {
        Begin();
        value.TryFormat(_bytes.GetSpan(LongestPlain), out int written, format, CultureInfo.InvariantCulture);
        _bytes.Advance(written);
    }

    public void Text(string text)
    {
        Begin();
        bool isFormula = text.Length > 0 && FormulaStarts.Contains(text[0]);
        if (!isFormula && text.Length > 0 && !text.AsSpan().ContainsAny(Special))
        {
            Encoding.UTF8.GetBytes(text, _bytes);
            return;
        }

        _bytes.Write(isFormula ? "\"'"u8 : "\""u8);
        Encoding.UTF8.GetBytes(text.Replace("\"", "\"\"", StringComparison.Ordinal), _bytes);
        _bytes.Write("\""u8);
    }

    public void EndRow()
    {
        _bytes.Write("\r\n"u8);
        _isFirst = true;
    }

    public void Clear() => _bytes.ResetWrittenCount();

    private void Begin()
    {
        if (!_isFirst) _bytes.Write(","u8);
        _isFirst = false;
    }
}
