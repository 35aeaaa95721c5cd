using System.Globalization;
using System.IO.Compression;
using System.Text;
using Claims.Ingestion.TestSupport;

namespace ReferenceHost.Tests.Demo;

/// <summary>Rubbish in the inbox: each piece ends in quarantine with a reason, and the good file beside it is stored.</summary>
public sealed class BrokenInputTests
{
    private const string Good =
        """
        <Claim.Submission><Header><SenderID>S</SenderID><ReceiverID>R</ReceiverID><TransactionDate>01/03/2026 08:00</TransactionDate><RecordCount>1</RecordCount><DispositionFlag>PRODUCTION</DispositionFlag></Header>
        <Claim><ID>C1</ID><PayerID>P</PayerID><ProviderID>V</ProviderID><Gross>1</Gross><PatientShare>0</PatientShare><Net>1</Net><Activity><ID>A</ID><Start>01/03/2026 08:00</Start><Code>K</Code><Quantity>1</Quantity><Net>1</Net></Activity></Claim></Claim.Submission>
        """;

    private static readonly Dictionary<string, byte[]> Rubbish = new()
    {
        ["empty.xml"] = [],
        ["blank.xml"] = Text("  \r\n  "),
        ["binary.xml"] = [0, 1, 2, 3, 0xFF, 0xFE, 0, 7],
        ["report.xml"] = Text("%PDF-1.7 something"),
        ["text.xml"] = Text("this is not a claim file"),
        ["page.xml"] = Text("<html><body>Service unavailable</body></html>"),
        ["fault.xml"] = Text("<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body/></s:Envelope>"),
        ["cut.xml"] = Text(Good[..(Good.Length / 2)]),
        ["tworoots.xml"] = Text(Good + Good),
        ["bomb.xml"] = Text("<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]>" + Good.Replace(">C1<", ">&b;<", StringComparison.Ordinal)),
        ["external.xml"] = Text("<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>" + Good.Replace(">C1<", ">&a;<", StringComparison.Ordinal)),
        ["deep.xml"] = Text("<Claim.Submission>" + string.Concat(Enumerable.Repeat("<x>", 5000))),
        ["noheader.xml"] = Text("<Claim.Submission><Claim><ID>1</ID></Claim></Claim.Submission>"),
        ["badencoding.xml"] = Text("<?xml version=\"1.0\" encoding=\"no-such-encoding\"?>" + Good),
        ["badutf8.xml"] = [.. Text("<Claim.Submission><Header><SenderID>"), 0xC3, 0x28, .. Text("</SenderID></Header></Claim.Submission>")],
        ["longtag.xml"] = Text("<Claim.Submission a=\"" + new string('x', 200_000) + "\"/>"),
        ["nozip.zip"] = Text("PK\u0003\u0004 but nothing else"),
        ["many.zip"] = Zip(("a.xml", Good), ("b.xml", Good)),
        ["cut.gz"] = Gzip(Good)[..^20],
    };

    [Fact]
    public async Task Once_Rubbish_IsQuarantinedWithAReasonAndStopsNothing()
    {
        await using ClaimsDatabase database = await ClaimsDatabase.CreateAsync();
        string inbox = Directory.CreateTempSubdirectory("claims-test-rubbish-").FullName;
        string facility = Directory.CreateDirectory(Path.Combine(inbox, "DHA-F-0000001")).FullName;
        foreach ((string name, byte[] bytes) in Rubbish) await File.WriteAllBytesAsync(Path.Combine(facility, name), bytes, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(facility, "good.XML"), Text(Good), TestContext.Current.CancellationToken);
        Directory.CreateDirectory(Path.Combine(facility, "folder.xml"));
        File.CreateSymbolicLink(Path.Combine(facility, "nowhere.xml"), Path.Combine(facility, "not-there"));
        File.CreateSymbolicLink(Path.Combine(facility, "outside.xml"), "/etc/hostname");
        Inbox.Age(facility);

        using HostProcess host = await HostProcess.RunAsync(
            database.ConnectionString, null, "--once", "--inbox", inbox, "--port", HostProcess.FreePort().ToString(CultureInfo.InvariantCulture));

        Assert.Equal($"stored files=1 claims=1 activities=1 remittance_claims=0 quarantined={Rubbish.Count} skipped=0", host.LastLine);
        Assert.Equal(0, host.ExitCode);
        Assert.Equal(0L, await database.ScalarAsync<long>("SELECT count(*) FROM claims.claim_file WHERE status = 'quarantined' AND length(error) < 10"));
        Assert.Equal(Rubbish.Count, await database.ScalarAsync<long>("SELECT count(*) FROM claims.claim_file_content"));
        foreach (string name in Rubbish.Keys)
        {
            string kept = Path.Combine(facility, "quarantined", name);
            Assert.Equal(Rubbish[name], await File.ReadAllBytesAsync(kept, TestContext.Current.CancellationToken));
            Assert.NotEmpty(await File.ReadAllTextAsync($"{kept}.reason.txt", TestContext.Current.CancellationToken));
        }

        Assert.True(File.Exists(Path.Combine(facility, "stored", "good.XML")));
        Directory.Delete(inbox, recursive: true);
    }

    private static byte[] Text(string text) => Encoding.Latin1.GetBytes(text);

    private static byte[] Gzip(string text)
    {
        using var memory = new MemoryStream();
        using (var gzip = new GZipStream(memory, CompressionLevel.Optimal)) gzip.Write(Text(text));
        return memory.ToArray();
    }

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
}
