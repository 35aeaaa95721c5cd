using System.Net;
using System.Text.RegularExpressions;
using System.Xml;

namespace Claims.Ingestion.EClaimLink.Listing;

/// <summary>
/// The list within a listing's answer. The service builds its XML by hand, so a file name can break it: what a strict reader
/// refuses is scanned for its attributes. What neither understands is an error, never an empty list.
/// </summary>
/// <param name="Files">The entries.</param>
/// <param name="Damaged">How many entries name no file.</param>
internal sealed partial record FileList(IReadOnlyList<ListedFile> Files, int Damaged)
{
    private static readonly FileList _empty = new([], 0);

    /// <exception cref="FormatException">The text is not a list.</exception>
    public static FileList Read(string? text)
    {
        string list = (text ?? "").Trim().Trim('\uFEFF').Trim();
        if (list.Length == 0) return _empty;
        FileList read;
        try
        {
            read = ReadStrictly(list);
        }
        catch (XmlException)
        {
            read = Scan(list);
        }

        return read.Files.Count == 0 && read.Damaged > 0 ? throw Unreadable() : read;
    }

    private static FormatException Unreadable() => new("the list of files cannot be read");

    private static FileList ReadStrictly(string list)
    {
        var files = new List<ListedFile>();
        int damaged = 0;
        using var reader = XmlReader.Create(new StringReader(list), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
        reader.MoveToContent();
        if (reader.LocalName != "Files") throw Unreadable();
        while (reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element) continue;
            if (reader.LocalName != "File") throw Unreadable();
            string? id = null;
            string? name = null;
            while (reader.MoveToNextAttribute())
            {
                if (reader.LocalName.Equals("FileID", StringComparison.OrdinalIgnoreCase)) id = reader.Value;
                else if (reader.LocalName.Equals("FileName", StringComparison.OrdinalIgnoreCase)) name = reader.Value;
            }

            if (!Add(files, id, name)) damaged++;
        }

        return new FileList(files, damaged);
    }

    private static FileList Scan(string list)
    {
        var files = new List<ListedFile>();
        int damaged = 0;
        try
        {
            MatchCollection starts = EntryStart().Matches(list);
            if (starts.Count == 0) throw Unreadable();
            for (int i = 0; i < starts.Count; i++)
            {
                int from = starts[i].Index;
                int to = i + 1 < starts.Count ? starts[i + 1].Index : list.Length;
                string entry = list[from..to];
                if (!Add(files, Value(FileId().Match(entry)), Value(FileName().Match(entry)))) damaged++;
            }
        }
        catch (RegexMatchTimeoutException)
        {
            throw Unreadable();
        }

        return new FileList(files, damaged);
    }

    private static bool Add(List<ListedFile> files, string? id, string? name)
    {
        if (string.IsNullOrWhiteSpace(id)) return false;
        id = id.Trim();
        files.Add(new ListedFile(id, string.IsNullOrWhiteSpace(name) ? id : name.Trim()));
        return true;
    }

    private static string? Value(Match match) => match.Success ? WebUtility.HtmlDecode(match.Groups["value"].Value) : null;

    /// <summary>An entry begins with a File tag that is followed by one of its attributes, which a file's name would hardly repeat.</summary>
    [GeneratedRegex(@"<File\s+(?=\w+\s*=)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex EntryStart();

    [GeneratedRegex(@"\sFileID\s*=\s*(?<quote>[""'])(?<value>[^""'<>]*)\k<quote>", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 5000)]
    private static partial Regex FileId();

    /// <summary>The value ends at the quote before the next attribute or the end of the tag, so quotes within it do no harm.</summary>
    [GeneratedRegex(@"\sFileName\s*=\s*(?<quote>[""'])(?<value>.*?)\k<quote>(?=\s+(?:FileID|SenderID|ReceiverID|TransactionDate|RecordCount|IsDownloaded)\s*=|\s*/?\s*>\s*(?:</|\z)|\s*/\s*>)", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.Singleline, matchTimeoutMilliseconds: 5000)]
    private static partial Regex FileName();
}
