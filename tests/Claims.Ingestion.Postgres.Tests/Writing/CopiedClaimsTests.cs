using Claims.Ingestion.Postgres.Writing;
using Claims.Ingestion.Reading;
using Claims.Ingestion.TestSupport;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.Writing;

public sealed class CopiedClaimsTests
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
    public void Find_Row_IsOfItsClaim(string table, long row, int file, int position) => Assert.Equal((file, position), Copied().Find(table, row));

    [Theory]
    [InlineData("claim", 4)]
    [InlineData("remittance_activity", 3)]
    [InlineData("claim_error", 1)]
    [InlineData("other", 1)]
    public void Find_NoSuchRow_IsNull(string table, long row) => Assert.Null(Copied().Find(table, row));

    [Fact]
    public void Clear_Claims_AreForgotten()
    {
        CopiedClaims claims = Copied();
        Assert.Equal(1, claims.FirstPosition);

        claims.Clear();

        Assert.Equal(0, claims.FirstPosition);
        Assert.Null(claims.Find("claim", 1));
    }

    [Theory]
    [InlineData("23514", "COPY claim, line 12", "claim", 12)]
    [InlineData("22021", "COPY claim_2026_11, line 3, column net", "claim", 3)]
    [InlineData("54000", "COPY activity, line 3, column x", "activity", 3)]
    [InlineData("P0001", "PL/pgSQL function claims.f() line 3 at RAISE\nCOPY remittance_claim, line 4", "remittance_claim", 4)]
    [InlineData("23514", "SQL statement \"COPY x, line 9\"\nPL/pgSQL function f() line 1 at SQL statement\nCOPY claim, Zeile 5", "claim", 5)]
    [InlineData("54000", "COPY claim, line 12", "claim", 12)]
    [InlineData("54000", "COPY claim, line 12", null, 0, "RelationGetBufferForTuple")]
    [InlineData("23505", "COPY claim, line 12", null, 0)]
    [InlineData("40P01", "COPY claim, line 12", null, 0)]
    [InlineData("P0001", "PL/pgSQL function claims.f() line 3 at RAISE", null, 0)]
    [InlineData("22003", null, null, 0)]
    public void RefusedRow_Error_NamesItOnlyWhenItIsCertain(string sqlState, string? where, string? table, long row, string? routine = null)
    {
        var error = new PostgresException("m", "ERROR", "ERROR", sqlState, where: where, routine: routine);

        Assert.Equal(table is null ? null : (table, row), StoreErrors.RefusedRow(error));
    }

    [Theory]
    [InlineData("ExecConstraints", "PostgreSQL reported 23514 (a constraint does not hold) in claim (given)")]
    [InlineData("exec_stmt_raise", "PostgreSQL reported 23514 (a constraint does not hold) in remittance_claim")]
    public void Reason_ErrorThatSomebodyRaised_RepeatsNoNameThatItGives(string routine, string expected)
    {
        var error = new PostgresException(
            "m", "ERROR", "ERROR", "23514", where: "COPY remittance_claim, line 4", tableName: "claim", constraintName: "given", columnName: routine == "exec_stmt_raise" ? "content" : null, routine: routine);

        Assert.Equal(expected, StoreErrors.Reason(error));
    }

    private static CopiedClaims Copied()
    {
        var claims = new CopiedClaims();
        claims.Add(0, First);
        claims.Add(1, Second);
        claims.Add(2, Third);
        return claims;
    }
}
