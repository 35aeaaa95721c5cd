using System.ServiceModel;

namespace Claims.Ingestion.EClaimLink.Soap;

/// <summary>The body of GetNewTransactions, in the order of the WSDL.</summary>
[MessageContract(IsWrapped = true, WrapperName = GatewayOperation.GetNewTransactions, WrapperNamespace = IGatewayContract.Namespace)]
internal sealed class GetNewTransactionsRequest
{
    [MessageBodyMember(Name = "login", Order = 0)]
    public string? Login { get; set; }

    [MessageBodyMember(Name = "pwd", Order = 1)]
    public string? Password { get; set; }
}
