using System.Runtime.CompilerServices;
using Claims.Ingestion.EClaimLink.Calls;
using Claims.Ingestion.EClaimLink.Soap;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Reading;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.EClaimLink.Listing;

/// <summary>Lists what waits for a facility, each file once: what the gateway counts as new, and what searches find.</summary>
internal sealed class FacilityListing(
    FacilityGateway gateway,
    LookBacks lookBacks,
    EClaimLinkMetrics metrics,
    IOptions<EClaimLinkOptions> options,
    IOptions<ReadingOptions> reading,
    ILogger<FacilityListing> logger)
{
    private const int New = 1;
    private const int Downloaded = 2;

    private static readonly SearchQuery[] _providerSearches = [new() { Direction = 1, TransactionId = 2 }, new() { Direction = 2, TransactionId = 8 }];

    private IEnumerable<SearchQuery> Queries => options.Value.Searches is { Count: > 0 } searches ? searches : _providerSearches;

    public async IAsyncEnumerable<RemoteFile> ListAsync(Facility facility, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        LookBack lookBack = lookBacks.Begin(facility.Id);
        await foreach (ListedFile file in ListWithDuplicatesAsync(facility, lookBack, cancellationToken))
        {
            if (!seen.Add(file.FileId)) continue;
            lookBacks.Listed(facility.Id, file.FileId);
            yield return new RemoteFile(file.FileId, file.FileName);
        }

        lookBacks.Completed(facility.Id, lookBack);
    }

    /// <summary>Lists what the facility had in a range of dates, whether it was downloaded before or not.</summary>
    public async IAsyncEnumerable<RemoteFile> ListRangeAsync(
        Facility facility, DateTimeOffset from, DateTimeOffset to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        SearchQuery[] queries = [.. Queries.DistinctBy(q => (q.Direction, q.TransactionId)).SelectMany(q => new[] { With(q, New), With(q, Downloaded) })];
        await foreach (ListedFile file in SearchAsync(facility, queries, LocalSecond(from), LocalSecond(to.AddSeconds(-1)), cancellationToken))
        {
            if (seen.Add(file.FileId)) yield return new RemoteFile(file.FileId, file.FileName);
        }

        static SearchQuery With(SearchQuery query, int status) => new() { Direction = query.Direction, TransactionId = query.TransactionId, Status = status };
    }

    private async IAsyncEnumerable<ListedFile> ListWithDuplicatesAsync(Facility facility, LookBack lookBack, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ListingMode mode = options.Value.Mode;
        if (mode != ListingMode.Search)
        {
            foreach (ListedFile file in await NewAsync(facility, cancellationToken)) yield return file;
        }

        if (mode != ListingMode.NewTransactions)
        {
            await foreach (ListedFile file in SearchAsync(facility, Queries, LocalSecond(lookBack.From), LocalSecond(lookBack.To), cancellationToken)) yield return file;
        }
    }

    private async Task<IReadOnlyList<ListedFile>> NewAsync(Facility facility, CancellationToken cancellationToken)
    {
        using Answer answer = await gateway.CallAsync(
            facility,
            GatewayOperation.GetNewTransactions,
            static (contract, credential) => contract.GetNewTransactions(new() { Login = credential.Login, Password = credential.Password }),
            cancellationToken);
        return FilesOf(facility, GatewayOperation.GetNewTransactions, answer);
    }

    private async IAsyncEnumerable<ListedFile> SearchAsync(
        Facility facility, IEnumerable<SearchQuery> queries, DateTime from, DateTime to, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (SearchQuery query in queries)
        {
            // Oldest first; the halves of a window that was too much are searched before the windows after it.
            var windows = new Stack<SearchWindow>(SearchWindow.Cut(from, to, options.Value.MaxSearchWindow).Reverse());
            while (windows.TryPop(out SearchWindow window))
            {
                using Answer answer = await SearchAsync(facility, query, window, cancellationToken);
                bool isTooLong = ResultCodes.KindOf(answer.Code) == ResultKind.WindowTooLong;
                IReadOnlyList<ListedFile> files = isTooLong ? [] : FilesOf(facility, GatewayOperation.SearchTransactions, answer);
                foreach (ListedFile file in files) yield return file;
                if (!isTooLong && !IsCapped(files.Count)) continue;
                if (window.TryHalve(options.Value.SmallestSearchWindow, out SearchWindow older, out SearchWindow newer))
                {
                    windows.Push(newer);
                    windows.Push(older);
                }
                else if (isTooLong)
                {
                    throw new FacilityPollException($"Facility {facility.Id}, {GatewayOperation.SearchTransactions}: {ResultCodes.Describe(answer.Code)}.");
                }
                else
                {
                    logger.SearchCapped(facility.Id, window.FromText, window.ToText, files.Count);
                }
            }
        }
    }

    private Task<Answer> SearchAsync(Facility facility, SearchQuery query, SearchWindow window, CancellationToken cancellationToken) =>
        gateway.CallAsync(
            facility,
            GatewayOperation.SearchTransactions,
            (contract, credential) => contract.SearchTransactions(new()
            {
                Login = credential.Login,
                Password = credential.Password,
                Direction = query.Direction,
                TransactionId = query.TransactionId,
                TransactionStatus = query.Status,
                TransactionFromDate = window.FromText,
                TransactionToDate = window.ToText,
            }),
            cancellationToken);

    private IReadOnlyList<ListedFile> FilesOf(Facility facility, string operation, Answer answer)
    {
        FileList list;
        try
        {
            list = FileList.Read(answer.List);
        }
        catch (FormatException)
        {
            throw new FacilityPollException(
                $"Facility {facility.Id}, {operation}: the list of files in the gateway's answer cannot be read, so it is not known whether files wait; the next poll asks again. If it lasts, ask the gateway's operator.");
        }

        if (list.Damaged > 0)
        {
            metrics.DamagedEntries(list.Damaged);
            logger.EntriesDamaged(facility.Id, list.Damaged);
        }

        return list.Files;
    }

    private bool IsCapped(int count) => options.Value.AnswerCap is > 0 and int cap ? count >= cap : count is 100 or 500 or 1000;

    private DateTime LocalSecond(DateTimeOffset moment)
    {
        DateTime local = moment.ToOffset(reading.Value.UtcOffset).DateTime;
        return local.AddTicks(-(local.Ticks % TimeSpan.TicksPerSecond));
    }
}
