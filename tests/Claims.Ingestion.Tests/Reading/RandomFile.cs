using System.Globalization;
using System.Security;
using System.Text;
using Claims.Ingestion.Reading;

namespace Claims.Ingestion.Tests.Reading;

/// <summary>Makes a random submission, and writes it as XML in a random one of the ways that mean the same.</summary>
internal sealed class RandomFile
{
    private static readonly string[] Encodings = ["utf-8", "utf-16", "utf-16BE", "utf-32", "windows-1256"];

    private readonly Random _random;
    private readonly string _prefix;
    private readonly string _newLine;

    private readonly bool _isPlain;

    /// <param name="seed">The seed.</param>
    /// <param name="isPlain">Without comments, instructions and CDATA sections.</param>
    public RandomFile(int seed, bool isPlain = false)
    {
        _random = new Random(seed);
        _isPlain = isPlain;
        _prefix = Maybe() ? "c:" : "";
        _newLine = _random.Next(3) switch { 0 => "\r\n", 1 => "\r", _ => "\n" };
        Claims = [.. Enumerable.Range(1, _random.Next(1, 5)).Select(MakeClaim)];
    }

    public IReadOnlyList<SubmittedClaim> Claims { get; }

    public byte[] Write()
    {
        var name = Encodings[_random.Next(Encodings.Length)];
        var encoding = CodePagesEncodingProvider.Instance.GetEncoding(name) ?? Encoding.GetEncoding(name);
        var declared = name == "windows-1256" || Maybe();
        var declaration = declared ? $"<?xml version=\"1.0\" encoding=\"{name}\"?>{_newLine}" : "";
        var xmlns = _prefix.Length > 0 ? " xmlns:c=\"urn:x\"" : Maybe() ? " xmlns=\"urn:y\"" : "";
        var header = Block(
            "Header",
            Element("SenderID", "DHA-F-0000001"),
            Element("ReceiverID", "INS001"),
            Element("TransactionDate", "01/02/2025 9:5"),
            Element("RecordCount", $"{Claims.Count}"),
            Element("DispositionFlag", "PRODUCTION"));
        List<string> children = [.. Claims.Select(Write)];
        children.Insert(Maybe() ? 0 : _random.Next(children.Count + 1), header);
        var xml = $"{declaration}{Gap()}<{_prefix}Claim.Submission{xmlns}>{string.Join(Gap(), children)}{Gap()}</{_prefix}Claim.Submission>";
        return [.. Maybe() ? encoding.GetPreamble() : [], .. encoding.GetBytes(xml)];
    }

    private bool Maybe() => _random.Next(2) == 0;

    private string? Optional(Func<string> make) => Maybe() ? make() : null;

    private string Word() => string.Concat(Enumerable.Range(0, _random.Next(1, 12)).Select(_ => "abcXYZ0123456789-./&<>\"'مل"[_random.Next(25)]));

    private decimal Money() => new(_random.Next(), _random.Next(10), 0, Maybe(), (byte)_random.Next(5));

    private DateTimeOffset Date() => new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.FromHours(4)).AddMinutes(_random.Next(3_000_000));

    private SubmittedClaim MakeClaim(int position) => new()
    {
        Position = position,
        Id = $"{Word()} {position}",
        IdPayer = Optional(Word),
        MemberId = Optional(Word),
        PayerId = Word(),
        ProviderId = Word(),
        EmiratesId = Optional(Word),
        Gross = Money(),
        PatientShare = Money(),
        Net = Money(),
        Encounter = Maybe() ? new Encounter { Type = "1", FacilityId = Optional(Word), Start = Maybe() ? Date() : null, TransferSource = Optional(Word) } : null,
        Diagnoses = [.. Enumerable.Range(0, _random.Next(3)).Select(_ => new Diagnosis { Type = Optional(Word), Code = Word() })],
        Activities = [.. Enumerable.Range(0, _random.Next(1, 4)).Select(_ => MakeActivity())],
        Resubmission = Maybe() ? new Resubmission { Type = "correction", Comment = Optional(Word), Attachment = Maybe() ? Bytes() : null } : null,
        PackageName = Optional(Word),
    };

    private SubmittedActivity MakeActivity() => new()
    {
        Id = Word(),
        Start = Date(),
        Type = Optional(Word),
        Code = Word(),
        Quantity = Money(),
        Net = Money(),
        Clinician = Optional(Word),
        PriorAuthorizationId = Optional(Word),
        Observations = [.. Enumerable.Range(0, _random.Next(3)).Select(_ => Maybe()
            ? new Observation { Type = "File", Code = Optional(Word), Content = Bytes() }
            : new Observation { Type = "Text", Code = Optional(Word), Value = Optional(Word), ValueType = Optional(Word) })],
    };

    private byte[] Bytes()
    {
        var bytes = new byte[_random.Next(1, 200)];
        _random.NextBytes(bytes);
        return bytes;
    }

    private string Write(SubmittedClaim claim)
    {
        List<string?> parts = [
            Element("ID", claim.Id), Element("IDPayer", claim.IdPayer), Element("MemberID", claim.MemberId), Element("PayerID", claim.PayerId),
            Element("ProviderID", claim.ProviderId), Element("EmiratesIDNumber", claim.EmiratesId), Element("Gross", Text(claim.Gross)),
            Element("PatientShare", Text(claim.PatientShare)), Element("Net", Text(claim.Net)), Noise()];
        if (claim.Encounter is { } e)
            parts.Add(Block("Encounter", Element("Type", e.Type), Element("FacilityID", e.FacilityId), Element("Start", Text(e.Start)), Element("TransferSource", e.TransferSource)));

        if (claim.Resubmission is { } r)
            parts.Add(Block("Resubmission", Element("Type", r.Type), Element("Comment", r.Comment), Element("Attachment", Text(r.Attachment))));

        parts.Add(Block("Contract", Element("PackageName", claim.PackageName)));

        // Lists keep their order; each is put as a block at a random place among the other children.
        parts.Add(string.Join(Gap(), claim.Diagnoses.Select(d => Block("Diagnosis", Element("Type", d.Type), Element("Code", d.Code), Noise()))));
        parts.Add(string.Join(Gap(), claim.Activities.Select(Write)));
        return Block("Claim", [.. parts]);
    }

    private string Write(SubmittedActivity a) => Block(
        "Activity",
        Element("ID", a.Id),
        Element("Start", Text(a.Start)),
        Element("Type", a.Type),
        Element("Code", a.Code),
        Element("Quantity", Text(a.Quantity)),
        Element("Net", Text(a.Net)),
        Element("Clinician", a.Clinician),
        Element("PriorAuthorizationID", a.PriorAuthorizationId),
        Noise(),
        string.Join(Gap(), a.Observations.Select(o => Block(
            "Observation",
            Element("Type", o.Type),
            Element("Code", o.Code),
            Element("Value", o.Content is null ? o.Value : Text(o.Content)),
            Element("ValueType", o.ValueType)))));

    private static string Text(decimal amount) => amount.ToString(CultureInfo.InvariantCulture);

    private string? Text(DateTimeOffset? date) => date?.ToString(Maybe() ? "dd'/'MM'/'yyyy H:m" : "dd'/'MM'/'yyyy HH:mm:ss", CultureInfo.InvariantCulture);

    private string? Text(byte[]? bytes) => bytes is null ? null : Convert.ToBase64String(bytes, Maybe() ? Base64FormattingOptions.InsertLineBreaks : Base64FormattingOptions.None);

    private string? Noise() => Maybe() ? null : Block("Unknown", "<ID>x</ID><Claim><Net/></Claim>", Element("Code", "y"));

    private string Gap() => _random.Next(6) switch
    {
        0 => _newLine,
        1 or 2 when _isPlain => $"{_newLine}  ",
        1 => $"<!-- <Claim> it's -->{_newLine}\t",
        2 => "<?pi > ?>",
        _ => "",
    };

    private string Element(string name, string? value)
    {
        if (value is null)
            return Maybe() ? "" : Maybe() ? $"<{_prefix}{name}/>" : $"<{_prefix}{name}> </{_prefix}{name}>";

        var text = _isPlain || Maybe() ? SecurityElement.Escape(value) : $"<![CDATA[{value}]]>";
        return $"<{_prefix}{name}>{Gap()}{text}{Gap()}</{_prefix}{name}>";
    }

    private string Block(string name, params string?[] children)
    {
        _random.Shuffle(children);
        return $"<{_prefix}{name}>{Gap()}{string.Join(Gap(), children)}{Gap()}</{_prefix}{name}>";
    }
}
