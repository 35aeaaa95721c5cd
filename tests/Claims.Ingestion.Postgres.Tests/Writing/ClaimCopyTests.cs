using Claims.Ingestion.Postgres.Writing;
using Claims.Ingestion.Reading;
using Claims.Ingestion.TestSupport;

namespace Claims.Ingestion.Postgres.Tests.Writing;

public sealed class ClaimCopyTests
{
    // Claims of three files; the rows of each table are numbered on through all of them.
    private static readonly ClaimSlice First = new() { Submitted = [Sample.Claim("a", 1, 1, activities: [("x", 1), ("y", 1)]), Sample.Claim("b", 1, 3)], Errors = [new ClaimError(2, null, 1, "r", "r")] };
    private static readonly ClaimSlice Second = new() { Remitted = [Sample.Remitted("c", 1, activities: [("x", 1, 1, null), ("y", 1, 1, null)]), Sample.Remitted("d", 2)] };
    private static readonly ClaimSlice Third = new() { Submitted = [Sample.Claim("e", 1, 7)] };

    [Theory]
    [InlineData("claim", 1, 0, 1)]
    [InlineData("claim", 2, 0, 3)]
    [InlineData("claim", 3, 2, 7)]
    [InlineData("diagnosis", 3, 2, 7)]
    [InlineData("activity", 2, 0, 1)]
    [InlineData("activity", 3, 0, 3)]
    [InlineData("activity", 4, 2, 7)]
    [InlineData("observation", 1, 0, 1)]
    [InlineData("observation", 4, 2, 7)]
    [InlineData("remittance_claim", 2, 1, 2)]
    [InlineData("remittance_activity", 2, 1, 1)]
    public void Find_Row_IsOfItsClaim(string table, long row, long file, int position)
    {
        using ClaimCopy copy = Held();

        Assert.Equal((file, position), copy.Find(table, row));
    }

    [Theory]
    [InlineData("claim", 4)]
    [InlineData("remittance_activity", 3)]
    [InlineData("claim_error", 1)]
    [InlineData("other", 1)]
    public void Find_NoSuchRow_IsNull(string table, long row)
    {
        using ClaimCopy copy = Held();

        Assert.Null(copy.Find(table, row));
    }

    [Fact]
    public void FirstClaimNo_IsOfTheFirstClaimOfEitherKind()
    {
        using ClaimCopy copy = Held();
        using var remitted = new ClaimCopy();
        Assert.Equal(0, remitted.FirstClaimNo);
        Add(remitted, 5, new ClaimSlice { Remitted = [Sample.Remitted("d", 4)] });

        Assert.Equal((1, 4), (copy.FirstClaimNo, remitted.FirstClaimNo));
    }

    private static ClaimCopy Held()
    {
        var copy = new ClaimCopy();
        Add(copy, 0, First);
        Add(copy, 1, Second);
        Add(copy, 2, Third);
        return copy;
    }

    private static void Add(ClaimCopy copy, long fileId, ClaimSlice slice)
    {
        using var rows = new EncodedRows("F");
        rows.Add(slice);
        copy.Add(fileId, rows);
    }
}
