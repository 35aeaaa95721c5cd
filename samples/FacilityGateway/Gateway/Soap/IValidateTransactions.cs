using System.ServiceModel;

namespace FacilityGateway.Gateway.Soap;

/// <summary>
/// The operations of the service. Its messages are public since <see cref="System.Xml.Serialization.XmlSerializer"/> wants them so; those of requests
/// have no order, so elements may be missing or stand anywhere, as with the real service.
/// </summary>
[ServiceContract(Name = "ValidateTransactions", Namespace = Namespace)]
[XmlSerializerFormat]
public interface IValidateTransactions
{
    const string Namespace = "http://www.eClaimLink.ae/";

    [OperationContract(Action = Namespace + GatewayOperation.GetNewTransactions)]
    GetNewTransactionsResponse GetNewTransactions(GetNewTransactionsRequest request);

    [OperationContract(Action = Namespace + GatewayOperation.SearchTransactions)]
    SearchTransactionsResponse SearchTransactions(SearchTransactionsRequest request);

    [OperationContract(Action = Namespace + GatewayOperation.DownloadTransactionFile)]
    DownloadTransactionFileResponse DownloadTransactionFile(DownloadTransactionFileRequest request);

    [OperationContract(Action = Namespace + GatewayOperation.SetTransactionDownloaded)]
    SetTransactionDownloadedResponse SetTransactionDownloaded(SetTransactionDownloadedRequest request);

    [OperationContract(Action = Namespace + GatewayOperation.UploadTransaction)]
    UploadTransactionResponse UploadTransaction(UploadTransactionRequest request);

    [OperationContract(Action = Namespace + GatewayOperation.GetNewPriorAuthorizationTransactions)]
    GetNewPriorAuthorizationTransactionsResponse GetNewPriorAuthorizationTransactions(GetNewPriorAuthorizationTransactionsRequest request);

    [OperationContract(Action = Namespace + GatewayOperation.CheckForNewPriorAuthorizationTransactions)]
    CheckForNewPriorAuthorizationTransactionsResponse CheckForNewPriorAuthorizationTransactions(CheckForNewPriorAuthorizationTransactionsRequest request);
}
