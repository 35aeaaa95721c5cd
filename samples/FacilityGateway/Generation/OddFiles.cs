using System.Text;
using FacilityGateway.Xml;

namespace FacilityGateway.Generation;

/// <summary>The files of a world that are not to be stored. No two of them have the same content.</summary>
internal sealed class OddFiles(WorldOptions options, string facilityId, int facility, Parties parties)
{
    private static readonly BrokenKind[] s_brokenKinds = Enum.GetValues<BrokenKind>();

    public PlannedFile Broken(int number)
    {
        // In turns, beginning anywhere: a facility with many broken files has all kinds.
        var kind = s_brokenKinds[(int)((RandomFor(0, 's').Next() + (ulong)number) % (ulong)s_brokenKinds.Length)];
        var content = BrokenContent(kind, number);
        var ending = kind switch
        {
            BrokenKind.CorruptZip => ".zip",
            BrokenKind.CorruptGzip => ".xml.gz",
            _ => ".xml",
        };
        return new PlannedFile
        {
            Name = FileNames.Named(number % 2 == 0 ? "CS" : "RA", facilityId, number, ending),
            Kind = GeneratedFileKind.Broken,
            Broken = kind,
            Expectation = Expectation.Quarantined,
            WriteTo = stream => stream.Write(content),
        };
    }

    public PlannedFile Skipped(int number, IReadOnlyList<PlannedFile> good)
    {
        var dice = RandomFor(number, 'k');
        return dice.Below(3) switch
        {
            0 when good.Count > 0 => Duplicate(number, dice.Pick(good), dice),
            1 => PriorAuthorization(number),
            _ => TestFile(number),
        };
    }

    private static PlannedFile Copy(string name, PlannedFile original, Action<Stream> writeTo) => new()
    {
        Name = name,
        Kind = GeneratedFileKind.Duplicate,
        Expectation = Expectation.Skipped,
        DuplicateOf = original.Name,
        WriteTo = writeTo,
    };

    private PlannedFile Duplicate(int number, PlannedFile original, Randomness dice)
    {
        // The same content in another wrapping is the same content.
        var isPlain = !Packing.IsPacked(original.Name);
        var ending = isPlain ? dice.Chance(0.2) ? ".xml.gz" : ".xml" : original.Name.EndsWith(".zip", StringComparison.Ordinal) ? ".zip" : ".xml.gz";
        var name = FileNames.Named("CS", facilityId, number, ending);
        return Copy(name, original, stream =>
        {
            if (isPlain)
                Packing.WriteTo(stream, name, original.WriteTo);
            else
                original.WriteTo(stream);
        });
    }

    private PlannedFile PriorAuthorization(int number)
    {
        var random = RandomFor(number, 'p');
        var xml = $"""
            <?xml version="1.0" encoding="utf-8"?>
            <Prior.Authorization>
              <Header>
                <SenderID>{parties.ReceiverId}</SenderID>
                <ReceiverID>{facilityId}</ReceiverID>
                <TransactionDate>{Dates.Text(new DateTime(2023, 6, 1).AddMinutes(random.Below(500_000)))}</TransactionDate>
                <RecordCount>1</RecordCount>
                <DispositionFlag>PRODUCTION</DispositionFlag>
              </Header>
              <Authorization>
                <Result>Yes</Result>
                <ID>AUTH-{number}-{random.Digits(8)}</ID>
                <IDPayer>{random.Digits(10)}</IDPayer>
              </Authorization>
            </Prior.Authorization>
            """;
        return new PlannedFile
        {
            Name = FileNames.Named("PA", facilityId, number),
            Kind = GeneratedFileKind.PriorAuthorization,
            Expectation = Expectation.Skipped,
            WriteTo = stream => stream.Write(Bytes(xml)),
        };
    }

    private PlannedFile TestFile(int number)
    {
        var model = SmallSubmission(number, isTest: true);
        return new PlannedFile
        {
            Name = model.Name,
            Kind = GeneratedFileKind.TestFile,
            Expectation = Expectation.Skipped,
            WriteTo = stream => ClaimFileXml.Write(stream, model, Layout.Plain),
        };
    }

    private byte[] BrokenContent(BrokenKind kind, int number)
    {
        var name = FileNames.Named("CS", facilityId, number);
        var marker = $"{facilityId} {number + 1}";
        return kind switch
        {
            // At most one file of a facility is empty, so that none is a duplicate of another; the rest is blank.
            BrokenKind.Empty => number < s_brokenKinds.Length ? [] : Bytes(new string('\n', number)),
            BrokenKind.NotXml => Bytes($"ID;PayerID;Net\r\nC1;INS001;{number}.50\r\n"),
            BrokenKind.CutOff => Good(number)[..^(Good(number).Length / 3)],
            BrokenKind.HtmlPage => Bytes($"<html><head><title>Service unavailable</title></head><body><p>Reference {marker}</p></body></html>"),
            BrokenKind.SoapFault => Bytes($"""<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault><faultcode>soap:Server</faultcode><faultstring>Reference {marker}</faultstring></soap:Fault></soap:Body></soap:Envelope>"""),
            BrokenKind.NoHeader => Good(number, HeaderFault.NoHeader),
            BrokenKind.HeaderWithoutSender => Good(number, HeaderFault.NoSender),
            BrokenKind.HeaderWithoutDate => Good(number, HeaderFault.NoDate),
            BrokenKind.EntityBomb => Bytes(Bomb(marker)),
            BrokenKind.TwoRoots => [.. Good(number), .. Bytes($"\n<Claim.Submission><!-- {marker} --></Claim.Submission>\n")],
            BrokenKind.UnknownEncoding => Bytes($"""<?xml version="1.0" encoding="x-unknown-{number}"?><Claim.Submission/>"""),
            BrokenKind.CorruptZip => [.. "PK\u0003\u0004"u8, .. Bytes($"no zip archive: {marker}")],
            _ => CutGzip(name, number),
        };
    }

    private byte[] Good(int number, HeaderFault fault = HeaderFault.None)
    {
        using var stream = new MemoryStream();
        ClaimFileXml.Write(stream, SmallSubmission(number, isTest: false, fault), Layout.Plain);
        return stream.ToArray();
    }

    private byte[] CutGzip(string name, int number)
    {
        using var stream = new MemoryStream();
        Packing.WriteTo(stream, name + ".gz", content => content.Write(Good(number)));
        return stream.ToArray()[..(int)(stream.Length / 2)];
    }

    private ClaimFileModel SmallSubmission(int number, bool isTest, HeaderFault fault = HeaderFault.None)
    {
        var random = RandomFor(number, 'c');
        var model = new ClaimFileModel
        {
            Name = FileNames.Named("CS", facilityId, number),
            IsRemittance = false,
            SenderId = facilityId,
            ReceiverId = parties.ReceiverId,
            TransactionDate = new DateTime(2023, 3, 1).AddMinutes(random.Below(500_000)),
            IsTest = isTest,
            HeaderFault = fault,
        };
        for (var ordinal = 1; ordinal <= 3; ordinal++)
        {
            var life = ClaimMaker.New(random, parties, number, ordinal, model.TransactionDate, previous: null);
            model.Submissions.Add(new SubmissionEntry(ClaimMaker.FirstVersion(life, random)));
        }

        return model;
    }

    private Randomness RandomFor(int number, char purpose) => Randomness.For((ulong)options.Seed, (ulong)facility, (ulong)number, purpose);

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n"));

    private static string Bomb(string marker)
    {
        var text = new StringBuilder("<?xml version=\"1.0\"?>\n<!DOCTYPE Claim.Submission [\n<!ENTITY a0 \"").Append(marker).Append("\">\n");
        for (var level = 1; level < 10; level++)
            text.Append("<!ENTITY a").Append(level).Append(" \"").Insert(text.Length, $"&a{level - 1};", 10).Append("\">\n");

        return text.Append("]>\n<Claim.Submission><Header><SenderID>&a9;</SenderID></Header></Claim.Submission>\n").ToString();
    }
}
