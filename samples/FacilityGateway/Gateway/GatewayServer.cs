using System.Net;
using System.Net.Sockets;
using FacilityGateway.Gateway.Soap;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using SoapCore;

namespace FacilityGateway.Gateway;

/// <summary>A SOAP 1.1 server that behaves like the eClaimLink service of Dubai, for the facilities of a simulated world. It listens on the loopback address only.</summary>
public sealed class GatewayServer : IAsyncDisposable
{
    internal const string Path = "/dhpo/ValidateTransactions.asmx";

    private readonly WebApplication _application;
    private readonly AccountBook _accounts;
    private int _isDisposed;

    private GatewayServer(WebApplication application)
    {
        _application = application;
        _accounts = application.Services.GetRequiredService<AccountBook>();
        Inboxes = application.Services.GetRequiredService<GatewayInboxes>();
        Faults = application.Services.GetRequiredService<GatewayFaults>();
        Calls = application.Services.GetRequiredService<GatewayCalls>();
        Address = new Uri(new Uri(application.Urls.Single()), Path);
    }

    public Uri Address { get; }

    /// <summary>One for each facility, with the password that is valid now.</summary>
    public IReadOnlyList<GatewayAccount> Accounts => _accounts.Accounts;

    public GatewayInboxes Inboxes { get; }

    public GatewayFaults Faults { get; }

    public GatewayCalls Calls { get; }

    /// <exception cref="ArgumentException">An option is out of its limits; the message names it.</exception>
    /// <exception cref="IOException">The port cannot be used.</exception>
    public static async Task<GatewayServer> StartAsync(GatewayServerOptions options, CancellationToken cancellationToken)
    {
        options.Validate();
        var application = Build(options);
        try
        {
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
            return new GatewayServer(application);
        }
        catch (Exception exception)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            if (exception is SocketException)
                throw new IOException($"Port {options.Port} cannot be used: {exception.Message}.", exception);

            throw;
        }
    }

    /// <summary>Ends the calls that are under way, and the server.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 1)
            return;

        await _application.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
    }

    private static WebApplication Build(GatewayServerOptions options)
    {
        var accounts = new AccountBook(options.World);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, options.Port));
        builder.Services
            .AddRoutingCore()
            .AddSoapCore()
            .ConfigureHttpJsonOptions(json => ControlApi.Configure(json.SerializerOptions))
            .Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(5))
            .AddSingleton(options)
            .AddSingleton(accounts)
            .AddSingleton(new GatewayInboxes(options, accounts))
            .AddSingleton(new Quirks(options.World.Options.Seed))
            .AddSingleton<GatewayFaults>()
            .AddSingleton<GatewayCalls>()
            .AddSingleton<IValidateTransactions, ValidateTransactions>();
        var application = builder.Build();
        application.UseWhen(
            context => context.Request.Path.Equals(Path, StringComparison.OrdinalIgnoreCase),
            gateway => gateway.UseMiddleware<CallMiddleware>().UseMiddleware<WsdlMiddleware>().UseSoapEndpoint<IValidateTransactions>(soap =>
            {
                soap.Path = Path;
                soap.CaseInsensitivePath = true;
                soap.SoapSerializer = SoapSerializer.XmlSerializer;
                soap.EncoderOptions = [new SoapEncoderOptions()];
                soap.IndentXml = false;
                soap.OmitXmlDeclaration = false;
            }));
        ControlApi.Map(application);
        return application;
    }
}
