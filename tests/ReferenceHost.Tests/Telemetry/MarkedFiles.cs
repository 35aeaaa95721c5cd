using System.IO.Compression;
using System.Text;
using System.Xml.Linq;

namespace ReferenceHost.Tests.Telemetry;

/// <summary>Claim files with a mark in every field, whole and broken in every way that came to mind. Only the ids of claims are not marked: an error names its claim.</summary>
internal sealed class MarkedFiles(Marks marks)
{
    private int _claims;

    /// <summary>All of them, by a name.</summary>
    public Dictionary<string, byte[]> Make()
    {
        var files = new Dictionary<string, byte[]>(StringComparer.Ordinal)
        {
            ["submission"] = Text(Submission(Many(10, () => Claim()))),
            ["remittance"] = Text(Remittance(Many(10, Remitted))),
            ["refused by check"] = Text(Submission([Claim(), Claim(package: "refused by check"), Claim()])),
            ["refused by raise"] = Text(Submission([Claim(), Claim(package: "refused by raise"), Claim()])),
            ["refused by cast"] = Text(Submission([Claim(), Claim(package: "refused by cast"), Claim()])),
            ["refused by index"] = Text(Submission([Claim(), Claim(package: "refused by index"), Claim()])),
            ["breaks the connection"] = Text(Submission([Claim(package: "breaks the connection")])),
            ["not acknowledged"] = Text(Submission([Claim()])),
            ["not opened"] = Text(Submission([Claim()])),
            ["twin"] = Text(Submission([Claim()])),
            ["test file"] = Text(Submission([Claim()]).Replace("PRODUCTION", "TEST", StringComparison.Ordinal)),
            ["other disposition"] = Text(Submission([Claim()]).Replace("PRODUCTION", marks.Next(), StringComparison.Ordinal)),
            ["wrong count"] = Text(Submission([Claim()]).Replace("<RecordCount>1<", $"<RecordCount>{marks.NextNumber()}<", StringComparison.Ordinal)),
            ["wrong date"] = Text(Submission([Claim()]).Replace("<TransactionDate>01/03/2026 08:00<", $"<TransactionDate>{marks.Next()}<", StringComparison.Ordinal)),
            ["no header"] = Text(Whole("Claim.Submission", "", [Claim()])),
            ["cut"] = Text(Submission([Claim(), Claim()])[..^900]),
            ["cut in a tag"] = Text($"{Submission([Claim()])[..600]}<{marks.Next()}"),
            ["end tag"] = Text(Submission([Claim()]).Replace("</MemberID>", $"</{marks.Next()}>", StringComparison.Ordinal)),
            ["entity"] = Text(Submission([Claim()]).Replace("<MemberID>", $"<MemberID>&{marks.Next()};", StringComparison.Ordinal)),
            ["attribute"] = Text(Submission([Claim()]).Replace("<MemberID>", $"<MemberID {marks.Next()}='1' {marks.Next()}={marks.Next()}>", StringComparison.Ordinal)),
            ["attribute twice"] = Text(Submission([Claim()]).Replace("<MemberID>", $"<MemberID {marks.Next()}='{marks.Next()}' a='1' a='{marks.Next()}'>", StringComparison.Ordinal)),
            ["prefix"] = Text(Submission([Claim()]).Replace("<MemberID>", $"<{marks.Next()}:MemberID>", StringComparison.Ordinal)),
            ["doctype"] = Text($"<!DOCTYPE x [<!ENTITY {marks.Next()} \"{marks.Next()}\">]>{Submission([Claim()])}"),
            ["encoding"] = Text($"<?xml version=\"1.0\" encoding=\"the {marks.Next()}\"?>{Submission([Claim()])}"),
            ["comments"] = Text($"<!-- {marks.Next()} --><?{marks.Next()} {marks.Next()}?>{Submission([Claim()]).Replace("<MemberID>", $"<!-- {marks.Next()} -- {marks.Next()} --><MemberID>", StringComparison.Ordinal)}"),
            ["words"] = Text($"{marks.Next()} is not a claim file"),
            ["two roots"] = Text(Submission([Claim()]) + Submission([Claim()])),
            ["control"] = Text(Submission([Claim()]).Replace("<MemberID>", "<MemberID>\u0001", StringComparison.Ordinal)),
            ["bytes"] = [.. Text(Submission([Claim()])[..700]), 0xC3, 0x28, .. Text(marks.Next())],
            ["zip"] = Zip((marks.Next() + ".xml", Submission([Claim()]))),
            ["zips"] = Zip((marks.Next() + ".xml", Submission([Claim()])), (marks.Next() + ".xml", Submission([Claim()]))),
            ["zip without"] = Zip((marks.Next() + ".txt", marks.Next())),
            ["cut zip"] = Zip((marks.Next() + ".xml", Submission([Claim()])))[..^40],
            ["large"] = Text(Submission(Many(1100, () => Slim()).Append(Claim(package: "refused by check")))),
            ["large and cut"] = Text(Submission(Many(1100, () => Slim()).Append(Claim()))[..^900]),
        };
        files["twin again"] = files["twin"];
        foreach (string path in Leaves(Claim())) files[$"bad submission {path}"] = Text(Submission(Bad(() => Claim(), path)));
        foreach (string path in Leaves(Remitted())) files[$"bad remittance {path}"] = Text(Remittance(Bad(Remitted, path)));
        return files;
    }

    /// <summary>A file that keeps those from being stored that are stored with it, until the store is given up.</summary>
    public byte[] Left() => Text(Submission([Claim(package: "twice"), Claim(package: "twice")]));

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);

    private static XElement[] Many(int count, Func<XElement> make) => [.. Enumerable.Range(0, count).Select(_ => make())];

    private static byte[] Zip(params (string Name, string Text)[] entries)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create))
        {
            foreach ((string name, string text) in entries)
            {
                using Stream entry = zip.CreateEntry(name).Open();
                entry.Write(Text(text));
            }
        }

        return memory.ToArray();
    }

    private static IEnumerable<string> Leaves(XElement claim) =>
        claim.Descendants().Where(e => !e.HasElements).Select(e => string.Join('/', e.AncestorsAndSelf().Reverse().Skip(1).Select(a => a.Name.LocalName))).Distinct();

    private static string Whole(string root, string header, IEnumerable<XElement> claims) =>
        $"<{root}>{header}\n{string.Join('\n', claims.Select(c => c.ToString(SaveOptions.DisableFormatting)))}\n</{root}>";

    /// <summary>A field in turn with words instead of a number or date, something too long, nothing, and elements where a text belongs.</summary>
    private IEnumerable<XElement> Bad(Func<XElement> make, string path)
    {
        yield return With(e => e.Value = marks.Next());
        yield return With(e => e.Value = string.Concat(Enumerable.Range(0, 60).Select(_ => marks.Next())));
        yield return With(e => e.Value = "");
        yield return With(e => e.ReplaceNodes(new XElement(marks.Next(), marks.Next())));
        yield return With(e => e.AddAfterSelf(new XElement(e.Name, marks.Next())));
        yield return With(e => e.ReplaceWith(new XElement(marks.Next(), marks.Next())));

        XElement With(Action<XElement> change)
        {
            XElement claim = make();
            string[] names = path.Split('/');
            change(names.Aggregate(claim, (parent, name) => parent.Element(name)!));
            return claim;
        }
    }

    private string Submission(IEnumerable<XElement> claims)
    {
        XElement[] all = [.. claims];
        return Whole("Claim.Submission", Header(all.Length), all);
    }

    private string Remittance(IEnumerable<XElement> claims)
    {
        XElement[] all = [.. claims];
        return Whole("Remittance.Advice", Header(all.Length), all);
    }

    private string Header(int count) => new XElement(
        "Header",
        new XElement("SenderID", marks.Next()), new XElement("ReceiverID", marks.Next()), new XElement("TransactionDate", "01/03/2026 08:00"), new XElement("RecordCount", count),
        new XElement("DispositionFlag", "PRODUCTION")).ToString(SaveOptions.DisableFormatting);

    /// <summary>A mark encoded, and one that is a part of the encoding of something.</summary>
    private string Base64() => $"{Convert.ToBase64String(Text(marks.Next()))}{marks.Next()}AAA";

    private string Id() => $"claim-{++_claims}";

    private XElement Marked(string name) => new(name, marks.Next());

    private XElement Amount(string name) => new(name, marks.NextNumber());

    private static XElement Date(string name) => new(name, "01/03/2026 08:00");

    private XElement Claim(string? package = null) => new(
        "Claim",
        new XElement("ID", Id()), Marked("IDPayer"), Marked("MemberID"), Marked("PayerID"), Marked("ProviderID"), Marked("EmiratesIDNumber"), Amount("Gross"), Amount("PatientShare"), Amount("Net"),
        Marked("Comments"),
        new XElement(
            "Encounter",
            Marked("FacilityID"), Marked("Type"), Marked("PatientID"), Date("Start"), Date("End"), Marked("StartType"), Marked("EndType"), Marked("TransferSource"), Marked("TransferDestination")),
        new XElement("Diagnosis", Marked("Type"), Marked("Code"), new XElement("DxInfo", Marked("Type"), Marked("Code"))),
        new XElement(
            "Activity",
            Marked("ID"), Date("Start"), Marked("Type"), Marked("Code"), Amount("Quantity"), Amount("Net"), Marked("Clinician"), Marked("PriorAuthorizationID"),
            new XElement("Observation", Marked("Type"), Marked("Code"), Marked("Value"), Marked("ValueType")),
            new XElement("Observation", new XElement("Type", "File"), Marked("Code"), new XElement("Value", Base64()))),
        new XElement("Resubmission", Marked("Type"), Marked("Comment"), new XElement("Attachment", Base64())),
        new XElement("Contract", new XElement("PackageName", $"{marks.Next()} {package}")));

    private XElement Slim() => new(
        "Claim",
        new XElement("ID", Id()), Marked("PayerID"), Marked("ProviderID"), Amount("Gross"), Amount("PatientShare"), Amount("Net"),
        new XElement("Activity", Marked("ID"), Date("Start"), Marked("Code"), Amount("Quantity"), Amount("Net")));

    private XElement Remitted() => new(
        "Claim",
        new XElement("ID", Id()), Marked("IDPayer"), Marked("ProviderID"), Marked("DenialCode"), Marked("PaymentReference"), Date("DateSettlement"), Marked("Comments"),
        new XElement("Encounter", Marked("FacilityID")),
        new XElement(
            "Activity",
            Marked("ID"), Date("Start"), Marked("Type"), Marked("Code"), Amount("Quantity"), Amount("Net"), Marked("Clinician"), Amount("List"), Marked("PriorAuthorizationID"), Amount("Gross"),
            Amount("PatientShare"), Amount("PaymentAmount"), Marked("DenialCode")));
}
