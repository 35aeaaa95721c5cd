using System.Text;
using FacilityGateway.Generation;

namespace FacilityGateway.Xml;

/// <summary>How a file is written down; its meaning does not depend on it.</summary>
internal sealed record Layout
{
    public static Layout Plain { get; } = new();

    public Encoding Encoding { get; init; } = new UTF8Encoding(false);

    public bool Declaration { get; init; } = true;

    public string NewLine { get; init; } = "\n";

    public bool Indent { get; init; } = true;

    /// <summary>The address that <c>xmlns:tns</c> is bound to, for nothing; <see langword="null"/> without.</summary>
    public string? UnusedNamespace { get; init; }

    public string DefaultNamespace { get; init; } = "";

    public bool DocType { get; init; }

    public bool ShortTimes { get; init; }

    public static Layout For(Randomness random)
    {
        var encoding = random.Below(100);
        var declaration = random.Chance(0.6);
        var layout = Plain with
        {
            NewLine = random.Chance(0.5) ? "\r\n" : "\n",
            Indent = random.Chance(0.9),
            UnusedNamespace = random.Below(10) switch
            {
                < 4 => "http://www.eclaimlink.ae/DHD/ValidationSchema",
                < 7 => "http://www.eclaimlink.ae/DataDictionary/CommonTypes",
                _ => null,
            },
            DefaultNamespace = random.Chance(0.02) ? "http://www.eclaimlink.ae/DHD/ValidationSchema" : "",
            DocType = random.Chance(0.01),
            ShortTimes = random.Chance(0.2),
        };
        return encoding switch
        {
            < 2 => layout with { Encoding = new UnicodeEncoding(false, true), Declaration = declaration },
            < 4 => layout with { Encoding = new UnicodeEncoding(false, false), Declaration = true },
            < 8 => layout with { Encoding = new UTF8Encoding(true), Declaration = declaration },
            _ => layout with { Declaration = declaration },
        };
    }
}
