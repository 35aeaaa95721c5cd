using System.ServiceModel;
using System.ServiceModel.Channels;
using System.ServiceModel.Description;
using System.ServiceModel.Dispatcher;
using System.Xml;

namespace Claims.Ingestion.EClaimLink.Soap;

/// <summary>Calls the gateway once: System.ServiceModel writes the envelope, the handler carries it, the reader reads the answer.</summary>
internal sealed class SoapClient(GatewayHandler handler, AnswerReader reader) : IDisposable
{
    private readonly Lazy<ChannelFactory<IGatewayContract>> _plain = new(() => CreateFactory(BasicHttpSecurityMode.None, handler));
    private readonly Lazy<ChannelFactory<IGatewayContract>> _secure = new(() => CreateFactory(BasicHttpSecurityMode.Transport, handler));

    public long MaxDownloadBytes => reader.MaxDownloadBytes;

    /// <exception cref="GatewayCallException">No answer that could be read.</exception>
    public async Task<Answer> CallAsync(
        Uri address, string operation, Func<IGatewayContract, Task<Message>> call, long maxBytes, CancellationToken cancellationToken)
    {
        using AnswerScope scope = AnswerScope.Enter(maxBytes, cancellationToken);
        ChannelFactory<IGatewayContract> factory = address.Scheme == Uri.UriSchemeHttps ? _secure.Value : _plain.Value;
        IGatewayContract channel = factory.CreateChannel(new EndpointAddress(address));
        try
        {
            using Message message = await call(channel);
            return await reader.ReadAsync(message, operation, cancellationToken);
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // System.ServiceModel has exceptions of its own for this.
            throw new OperationCanceledException(cancellationToken);
        }
        catch (Exception exception) when (exception is CommunicationException or XmlException or TimeoutException or FormatException or InvalidOperationException)
        {
            throw scope.Body is { IsCut: true } ? CallErrors.TooLarge(maxBytes) : CallErrors.Unreadable();
        }
        finally
        {
            ((IClientChannel)channel).Abort();
        }
    }

    public void Dispose()
    {
        foreach (Lazy<ChannelFactory<IGatewayContract>> factory in new[] { _plain, _secure })
        {
            if (factory.IsValueCreated) factory.Value.Abort();
        }
    }

    private static ChannelFactory<IGatewayContract> CreateFactory(BasicHttpSecurityMode mode, GatewayHandler handler)
    {
        var binding = new BasicHttpBinding(mode)
        {
            // The handler has received the answer already and bounded its size and time.
            TransferMode = TransferMode.StreamedResponse,
            MaxReceivedMessageSize = long.MaxValue,
            SendTimeout = TimeSpan.FromDays(2),
            ReaderQuotas = XmlDictionaryReaderQuotas.Max,
            UseDefaultWebProxy = false,
        };
        var factory = new ChannelFactory<IGatewayContract>(binding);
        factory.Endpoint.EndpointBehaviors.Add(new HandlerBehavior(handler));
        return factory;
    }

    private sealed class HandlerBehavior(GatewayHandler handler) : IEndpointBehavior
    {
        public void AddBindingParameters(ServiceEndpoint endpoint, BindingParameterCollection bindingParameters) =>
            bindingParameters.Add((Func<HttpClientHandler, HttpMessageHandler>)(unused =>
            {
                unused.Dispose();
                return handler;
            }));

        public void ApplyClientBehavior(ServiceEndpoint endpoint, ClientRuntime clientRuntime)
        {
        }

        public void ApplyDispatchBehavior(ServiceEndpoint endpoint, EndpointDispatcher endpointDispatcher)
        {
        }

        public void Validate(ServiceEndpoint endpoint)
        {
        }
    }
}
