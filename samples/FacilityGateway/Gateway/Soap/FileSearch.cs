using System.Globalization;

namespace FacilityGateway.Gateway.Soap;

/// <summary>What a call of SearchTransactions looks for.</summary>
internal sealed class FileSearch
{
    private static readonly string[] s_formats = ["dd/MM/yyyy HH:mm:ss", "dd/MM/yyyy HH:mm", "dd/MM/yyyy"];

    private readonly SearchTransactionsRequest _request;
    private readonly string _facilityId;
    private readonly DateTimeOffset? _from;
    private readonly DateTimeOffset? _to;

    private FileSearch(SearchTransactionsRequest request, string facilityId, DateTimeOffset? from, DateTimeOffset? to)
    {
        _request = request;
        _facilityId = facilityId;
        _from = from;
        _to = to;
    }

    /// <returns>The result code; unless it is <see cref="ResultCode.Done"/>, there is no search.</returns>
    public static int TryParse(SearchTransactionsRequest request, string facilityId, int maxDays, out FileSearch? search)
    {
        search = null;
        if (request.Direction is not (TransactionType.Sent or TransactionType.Received) || request.TransactionStatus is not (1 or 2))
            return ResultCode.InputMissing;

        if (!TransactionType.IsSupported(request.TransactionId))
            return ResultCode.TypeNotSupported;

        if (!HasCriteria(request))
            return ResultCode.NoCriteria;

        // Both dates or neither.
        if (!TryParse(request.TransactionFromDate, out var from) || !TryParse(request.TransactionToDate, out var to) || from.HasValue != to.HasValue)
            return ResultCode.InputMissing;

        if (to - from > TimeSpan.FromDays(maxDays))
            return ResultCode.WindowTooLong;

        search = new FileSearch(request, facilityId, from, to);
        return ResultCode.Done;
    }

    public bool Finds(GatewayFile file)
    {
        // To the second, with both ends.
        var uploaded = file.UploadedAt.AddTicks(-(file.UploadedAt.Ticks % TimeSpan.TicksPerSecond));
        return file.Direction == _request.Direction
            && file.IsDownloaded == (_request.TransactionStatus == 2)
            && (_request.TransactionId == TransactionType.All || file.TransactionId == _request.TransactionId)
            && (_from is null || (uploaded >= _from && uploaded <= _to))
            && (_request.MinRecordCount == -1 || file.RecordCount >= _request.MinRecordCount)
            && (_request.MaxRecordCount == -1 || file.RecordCount <= _request.MaxRecordCount)
            && (string.IsNullOrEmpty(_request.TransactionFileName) || file.FileName.Equals(_request.TransactionFileName, StringComparison.OrdinalIgnoreCase))
            && (string.IsNullOrEmpty(_request.CallerLicense) || _request.CallerLicense == _facilityId)
            && (string.IsNullOrEmpty(_request.EPartner) || _request.EPartner == FileListText.PartnerOf(file));
    }

    private static bool HasCriteria(SearchTransactionsRequest request) =>
        request.TransactionId != TransactionType.All
        || request.MinRecordCount != -1
        || request.MaxRecordCount != -1
        || new[] { request.CallerLicense, request.EPartner, request.TransactionFileName, request.TransactionFromDate, request.TransactionToDate }
            .Any(text => !string.IsNullOrEmpty(text));

    private static bool TryParse(string? text, out DateTimeOffset? time)
    {
        time = null;
        if (string.IsNullOrEmpty(text))
            return true;

        if (!DateTime.TryParseExact(text, s_formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local))
            return false;

        time = new DateTimeOffset(local, FileListText.UtcOffset);
        return true;
    }
}
