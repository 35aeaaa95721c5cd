namespace FacilityGateway.Gateway.Soap;

/// <summary>Answers the operations from the inboxes.</summary>
internal sealed class ValidateTransactions(GatewayServerOptions options, AccountBook accounts, GatewayInboxes inboxes, Quirks quirks) : IValidateTransactions
{
    private readonly FileListText _text = new(quirks);

    public GetNewTransactionsResponse GetNewTransactions(GetNewTransactionsRequest request)
    {
        var (code, list) = New(request, file => options.GetNewIncludesSent || file.Direction == TransactionType.Received);
        return new() { Result = code, List = list, ErrorMessage = ResultCode.TextOf(code) };
    }

    public SearchTransactionsResponse SearchTransactions(SearchTransactionsRequest request)
    {
        var (code, inbox) = LogIn(request);
        if (inbox is null)
            return new() { Result = code, ErrorMessage = ResultCode.TextOf(code) };

        code = FileSearch.TryParse(request, inbox.FacilityId, options.MaxSearchDays, out var search);
        return new()
        {
            Result = code,
            List = search is null ? null : _text.Write(inbox.FacilityId, [.. inbox.Files().Where(search.Finds).Take(options.SearchCap)]),
            ErrorMessage = ResultCode.TextOf(code),
        };
    }

    public DownloadTransactionFileResponse DownloadTransactionFile(DownloadTransactionFileRequest request)
    {
        var (code, file) = Find(request, request.FileId);
        return new() { Result = code, FileName = file?.FileName, Content = file?.ToBytes(), ErrorMessage = ResultCode.TextOf(code) };
    }

    public SetTransactionDownloadedResponse SetTransactionDownloaded(SetTransactionDownloadedRequest request)
    {
        var (code, file) = Find(request, string.IsNullOrEmpty(request.FieldId) ? request.FileId : request.FieldId);
        if (file is not null)
            file.IsDownloaded = true;

        return new() { Result = code, ErrorMessage = ResultCode.TextOf(code) };
    }

    public UploadTransactionResponse UploadTransaction(UploadTransactionRequest request)
    {
        var (code, inbox) = LogIn(request);
        if (inbox is not null)
        {
            if (string.IsNullOrEmpty(request.FileName) || request.Content is null)
                code = ResultCode.InputMissing;
            else
                inbox.Put(request.FileName, request.Content, TransactionType.Sent, TransactionType.OfName(request.FileName));
        }

        return new() { Result = code, ErrorMessage = ResultCode.TextOf(code) };
    }

    public GetNewPriorAuthorizationTransactionsResponse GetNewPriorAuthorizationTransactions(GetNewPriorAuthorizationTransactionsRequest request)
    {
        var (code, list) = New(request, IsPriorAuthorization);
        return new() { Result = code, List = list, ErrorMessage = ResultCode.TextOf(code) };
    }

    public CheckForNewPriorAuthorizationTransactionsResponse CheckForNewPriorAuthorizationTransactions(CheckForNewPriorAuthorizationTransactionsRequest request)
    {
        var (code, _) = New(request, IsPriorAuthorization);
        return new() { Result = code, ErrorMessage = ResultCode.TextOf(code) };
    }

    private static bool IsPriorAuthorization(GatewayFile file) => file.TransactionId == TransactionType.PriorAuthorization;

    private (int Code, Inbox? Inbox) LogIn(ISignedRequest request)
    {
        if (string.IsNullOrEmpty(request.Login) || string.IsNullOrEmpty(request.Password))
            return (ResultCode.InputMissing, null);

        var facilityId = accounts.LogIn(request.Login, request.Password);
        return facilityId is null ? (ResultCode.LoginFailed, null) : (ResultCode.Done, inboxes.Of(facilityId));
    }

    private (int Code, string? List) New(ISignedRequest request, Func<GatewayFile, bool> isWanted)
    {
        var (code, inbox) = LogIn(request);
        if (inbox is null)
            return (code, null);

        var files = inbox.Files().FindAll(file => !file.IsDownloaded && isWanted(file));
        return (files.Count == 0 ? ResultCode.NothingNew : ResultCode.Done, _text.Write(inbox.FacilityId, files));
    }

    private (int Code, GatewayFile? File) Find(ISignedRequest request, string? fileId)
    {
        var (code, inbox) = LogIn(request);
        if (inbox is null)
            return (code, null);

        if (string.IsNullOrEmpty(fileId))
            return (ResultCode.InputMissing, null);

        var file = inbox.Find(fileId);
        return (file is null ? ResultCode.FileNotFound : ResultCode.Done, file);
    }
}
