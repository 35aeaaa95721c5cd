using System.Collections.Concurrent;
using Claims.Ingestion.Facilities;
using Microsoft.Extensions.DependencyInjection;

namespace Claims.Ingestion.Postgres.Credentials;

/// <summary>
/// The credentials of the table; for a facility that has none there, those of the provider that was registered before. An answer of the
/// table is kept for a few seconds, so that a poll of many files asks once and a change is seen soon. Calls of a facility that find nothing
/// kept each ask for themselves: there are only a few of them at once.
/// </summary>
internal sealed class TableCredentials(
    FacilityCredentials table, [FromKeyedServices(TableCredentials.FallbackKey)] ICredentialProvider fallback, TimeProvider time) : ICredentialProvider
{
    /// <summary>The service key of the provider that was registered before.</summary>
    public const string FallbackKey = "claims-credential-fallback";

    internal static readonly TimeSpan KeepFor = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Answer> _kept = new(StringComparer.Ordinal);

    public async ValueTask<FacilityCredential?> GetCredentialAsync(Facility facility, CancellationToken cancellationToken)
    {
        if (!_kept.TryGetValue(facility.Id, out Answer answer) || IsOld(answer))
        {
            foreach (KeyValuePair<string, Answer> kept in _kept)
            {
                if (IsOld(kept.Value)) _kept.TryRemove(kept);
            }

            // Time and changes are taken before the reading, so that a change during it makes the answer old.
            long asked = time.GetTimestamp();
            int changes = table.Changes;
            answer = new Answer(await table.FindAsync(facility.Id, cancellationToken), asked, changes);
            _kept[facility.Id] = answer;
        }

        return answer.Credential ?? await fallback.GetCredentialAsync(facility, cancellationToken);
    }

    private bool IsOld(Answer answer) => answer.Changes != table.Changes || time.GetElapsedTime(answer.Asked) >= KeepFor;

    private readonly record struct Answer(FacilityCredential? Credential, long Asked, int Changes);
}
