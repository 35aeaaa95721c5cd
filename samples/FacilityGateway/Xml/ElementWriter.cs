using System.Globalization;
using System.Xml;
using FacilityGateway.Generation;

namespace FacilityGateway.Xml;

/// <summary>Writes elements in a layout, straight to a stream.</summary>
internal sealed class ElementWriter : IDisposable
{
    private readonly Layout _layout;
    private readonly XmlWriter _writer;

    public ElementWriter(Stream stream, Layout layout)
    {
        _layout = layout;
        _writer = XmlWriter.Create(stream, new XmlWriterSettings
        {
            Encoding = layout.Encoding,
            OmitXmlDeclaration = !layout.Declaration,
            Indent = layout.Indent,
            NewLineChars = layout.NewLine,
            CloseOutput = false,
        });
    }

    public void StartRoot(string name)
    {
        if (_layout.Declaration)
            _writer.WriteStartDocument();

        if (_layout.DocType)
            _writer.WriteDocType(name, null, null, null);

        Start(name);
        if (_layout.UnusedNamespace is not { } unused)
            return;

        _writer.WriteAttributeString("xmlns", "tns", null, unused);
        _writer.WriteAttributeString("xsi", "noNamespaceSchemaLocation", "http://www.w3.org/2001/XMLSchema-instance", $"{unused}/{name.Replace(".", "", StringComparison.Ordinal)}.xsd");
    }

    public void Start(string name) => _writer.WriteStartElement(name, _layout.DefaultNamespace);

    public void End() => _writer.WriteEndElement();

    public void Text(string name, string text)
    {
        Start(name);
        if (text.Length > 0)
            _writer.WriteString(text);

        End();
    }

    public void Number(string name, int number) => Text(name, number.ToString(CultureInfo.InvariantCulture));

    /// <summary>An amount, now and then in the notation with an exponent, which the format allows.</summary>
    public void Amount(string name, decimal amount, Randomness random) =>
        Text(name, random.Chance(0.002) ? WithExponent(amount) : amount.ToString(CultureInfo.InvariantCulture));

    public void Time(string name, DateTime time) => Text(name, _layout.ShortTimes ? Dates.ShortText(time) : Dates.Text(time));

    public void Base64(string name, byte[] bytes) => Text(name, Convert.ToBase64String(bytes));

    public void Dispose() => _writer.Dispose();

    private static string WithExponent(decimal amount)
    {
        var unscaled = amount;
        for (var i = 0; i < amount.Scale; i++)
            unscaled *= 10;

        return $"{decimal.Truncate(unscaled).ToString("0", CultureInfo.InvariantCulture)}E-{amount.Scale}";
    }
}
