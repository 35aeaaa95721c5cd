using Claims.Ingestion.Reading;

namespace Claims.Ingestion.Postgres.Writing;

/// <summary>Remembers which rows of the COPY under way are of which claim, in the order of <see cref="SliceRows"/>: the server names a refused row by its number.</summary>
internal sealed class CopiedClaims
{
    private readonly List<Claim> _claims = [];

    /// <summary>The position of the first claim, or 0.</summary>
    public int FirstPosition => _claims.Count == 0 ? 0 : _claims[0].Position;

    /// <param name="file">The place of the file in the batch.</param>
    /// <param name="slice">The slice whose rows come next.</param>
    public void Add(int file, ClaimSlice slice)
    {
        foreach (SubmittedClaim claim in slice.Submitted)
        {
            int observations = 0;
            foreach (SubmittedActivity activity in claim.Activities) observations += activity.Observations.Count;
            _claims.Add(new Claim(file, claim.Position, claim.Diagnoses.Count, claim.Activities.Count, observations, 0, 0));
        }

        foreach (RemittedClaim claim in slice.Remitted) _claims.Add(new Claim(file, claim.Position, 0, 0, 0, 1, claim.Activities.Count));
    }

    public void Clear() => _claims.Clear();

    /// <summary>Finds the claim of a row.</summary>
    /// <param name="table">The table, without the schema.</param>
    /// <param name="row">The number of the row in the COPY into that table, from 1.</param>
    /// <returns>The file's place in the batch and the claim's position in the file, or <see langword="null"/> when there is no such row.</returns>
    public (int File, int Position)? Find(string table, long row)
    {
        foreach (Claim claim in _claims)
        {
            row -= claim.RowsIn(table);
            if (row <= 0) return (claim.File, claim.Position);
        }

        return null;
    }

    private readonly record struct Claim(int File, int Position, int Diagnoses, int Activities, int Observations, int Remitted, int RemittedActivities)
    {
        public int RowsIn(string table) => table switch
        {
            "claim" => 1 - Remitted,
            "diagnosis" => Diagnoses,
            "activity" => Activities,
            "observation" => Observations,
            "remittance_claim" => Remitted,
            "remittance_activity" => RemittedActivities,
            _ => 0,
        };
    }
}
