using Claims.Ingestion.Postgres.Writing;
using Npgsql;

namespace Claims.Ingestion.Postgres.Tests.Writing;

public sealed class StoreErrorsTests
{
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
}
