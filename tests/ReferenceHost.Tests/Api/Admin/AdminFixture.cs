using System.Net;
using System.Net.Sockets;
using Claims.Ingestion.TestSupport;
using Microsoft.Extensions.Configuration;
using ReferenceHost.Tests.Api.Reports;

namespace ReferenceHost.Tests.Api.Admin;

/// <summary>A host whose actions are on, with two facilities that are folders; for the tests of one class.</summary>
public sealed class AdminFixture : IAsyncLifetime
{
    public const string Key = "a-key-of-enough-characters";

    private readonly string _inbox = Directory.CreateTempSubdirectory("claims-test-admin-").FullName;

    public ClaimsDatabase Database { get; private set; } = null!;

    internal ReportHost Host { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Database = await ClaimsDatabase.CreateAsync();
        Host = await StartAsync(("Admin:ApiKey", Key));
    }

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await Database.DisposeAsync();
        Directory.Delete(_inbox, recursive: true);
    }

    /// <summary>Starts another host over the same database and folders.</summary>
    internal Task<ReportHost> StartAsync(params (string Name, string Value)[] settings) => ReportHost.StartAsync(Database.ConnectionString, builder =>
    {
        var all = new Dictionary<string, string?> { ["Claims:DirectoryPoller:SettleTime"] = "00:00:00" };
        foreach (string facility in new[] { "FAC-1", "FAC-2" })
        {
            string folder = Path.Combine(_inbox, facility);
            Directory.CreateDirectory(folder);
            all[$"Claims:Facilities:{facility[^1]}:Id"] = facility;
            all[$"Claims:Facilities:{facility[^1]}:Endpoint"] = folder;
        }

        foreach ((string name, string value) in settings) all[name] = value;
        builder.Configuration.AddInMemoryCollection(all);
    });

    /// <summary>Puts a submission of two claims into the folder of a facility.</summary>
    internal Task PutAsync(string facility, string file) => File.WriteAllTextAsync(
        Path.Combine(_inbox, facility, $"{file}.xml"),
        $"<Claim.Submission><Header><SenderID>{facility}</SenderID><ReceiverID>INS001</ReceiverID><TransactionDate>15/02/2025 10:30</TransactionDate><RecordCount>2</RecordCount><DispositionFlag>PRODUCTION</DispositionFlag></Header>{Claim(facility, file, 1)}{Claim(facility, file, 2)}</Claim.Submission>");

    /// <summary>A caller who shows no key, follows no redirect and keeps no cookie, from an address of its own where that matters.</summary>
    internal HttpClient Caller(string from = "127.0.0.1") => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectCallback = async (context, token) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
            await socket.ConnectAsync(context.DnsEndPoint, token);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = Host.Http.BaseAddress };

    private static string Claim(string facility, string file, int number) =>
        $"<Claim><ID>{file}-{number}</ID><PayerID>INS001</PayerID><ProviderID>{facility}</ProviderID><Gross>{number}</Gross><PatientShare>0</PatientShare><Net>{number}</Net><Activity><ID>A1</ID><Start>14/02/2025 07:05</Start><Code>99213</Code><Quantity>1</Quantity><Net>1</Net></Activity></Claim>";
}
