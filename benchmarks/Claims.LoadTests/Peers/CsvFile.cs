using System.Globalization;
using Claims.LoadTests.Peers.Rows;

namespace Claims.LoadTests.Peers;

/// <summary>The rows of one table as comma-separated values, without a header.</summary>
internal sealed class CsvFile<TRow>(string folder) : IDisposable
{
    public const string Null = @"\N";

    private readonly StreamWriter _writer = new(File.Create(PathIn(folder)));

    public static string PathIn(string folder) => Path.Combine(folder, RowTable<TRow>.Name + ".csv");

    public void Add(List<TRow> rows)
    {
        IReadOnlyList<RowColumn<TRow>> columns = RowTable<TRow>.Columns;
        foreach (TRow row in rows)
        {
            for (int i = 0; i < columns.Count; i++)
            {
                if (i > 0) _writer.Write(',');
                _writer.Write(Text(columns[i].ValueOf(row)));
            }

            _writer.Write('\n');
        }
    }

    public void Dispose() => _writer.Dispose();

    private static string Text(object? value) => value switch
    {
        null => Null,
        string text => $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
        byte[] bytes => $"\"\\x{Convert.ToHexStringLower(bytes)}\"",
        bool truth => truth ? "t" : "f",
        DateTimeOffset time => time.ToString("yyyy-MM-dd HH:mm:ss.ffffffzzz", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"There is no text form of {value.GetType()}.", nameof(value)),
    };
}
