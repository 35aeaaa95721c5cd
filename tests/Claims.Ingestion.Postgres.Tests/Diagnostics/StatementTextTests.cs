using Claims.Ingestion.Postgres.Diagnostics;

namespace Claims.Ingestion.Postgres.Tests.Diagnostics;

public sealed class StatementTextTests
{
    [Theory]
    [InlineData("SELECT a,\n       \"B2\".c1 FROM claims.claim_2026_11 WHERE id = $12 LIMIT $1", "SELECT a, \"B2\".c1 FROM claims.claim_2026_11 WHERE id = $12 LIMIT $1")]
    [InlineData("(SELECT x FROM y) UNION SELECT z FROM y", "(SELECT x FROM y) UNION SELECT z FROM y")]
    [InlineData("with c as (select n::numeric(10,2) from t order by 1) insert into u select * from c", "with c as (select n::numeric(?,?) from t order by ?) insert into u select * from c")]
    [InlineData("UPDATE t SET n = 784198512345678 WHERE m > 1.5", "UPDATE t SET n = ? WHERE m > ?")]
    public void Show_NormalizedStatement_IsShownWithoutNumbers(string text, string shown) => Assert.Equal(shown, StatementText.Show(text));

    [Theory]
    [InlineData("SELECT * FROM t WHERE name = 'Nobody'")]
    [InlineData("SELECT * FROM t WHERE name = $$Nobody$$")]
    [InlineData("SELECT * FROM t WHERE name = $x$Nobody$x$")]
    [InlineData("SELECT 1 /* for Nobody */")]
    [InlineData("SELECT 1 -- for Nobody")]
    [InlineData("ALTER ROLE x PASSWORD 'secret'")]
    [InlineData("EXECUTE find(784198512345678)")]
    [InlineData("/* Nobody */ SELECT 1")]
    [InlineData("")]
    public void Show_TextThatMayHoldAValue_IsNotShown(string text) => Assert.Equal("not shown: the text has values in it", StatementText.Show(text));

    [Fact]
    public void Show_LongText_IsCut()
    {
        string shown = StatementText.Show($"SELECT {string.Join(", ", Enumerable.Repeat("column", 100))} FROM t");

        Assert.Equal((300, true), (shown.Length, shown.EndsWith('…')));
    }
}
