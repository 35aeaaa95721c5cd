using System.ServiceModel;
using System.ServiceModel.Channels;

namespace Claims.Ingestion.EClaimLink.Soap;

/// <summary>The operations of the gateway. Requests are typed; answers are read as they stream in, by local name, since the service varies them.</summary>
[ServiceContract(Name = "ValidateTransactions", Namespace = Namespace)]
[XmlSerializerFormat]
internal interface IGatewayContract
{
    const string Namespace = "http://www.eClaimLink.ae/";

    [OperationContract(Action = Namespace + GatewayOperation.GetNewTransactions, ReplyAction = "*")]
    Task<Message> GetNewTransactions(GetNewTransactionsRequest request);

    [OperationContract(Action = Namespace + GatewayOperation.SearchTransactions, ReplyAction = "*")]
    Task<Message> SearchTransactions(SearchTransactionsRequest request);

    [OperationContract(Action = Namespace + GatewayOperation.DownloadTransactionFile, ReplyAction = "*")]
    Task<Message> DownloadTransactionFile(DownloadTransactionFileRequest request);

    [OperationContract(Action = Namespace + GatewayOperation.SetTransactionDownloaded, ReplyAction = "*")]
    Task<Message> SetTransactionDownloaded(SetTransactionDownloadedRequest request);
}
