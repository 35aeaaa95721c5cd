using Claims.Ingestion.Postgres.Local.Binaries;

namespace Claims.Ingestion.Postgres.Local.Tests.Binaries;

public sealed class PostgresVersionTests
{
    [Theory]
    [InlineData("postgres (PostgreSQL) 15.12 (Debian 15.12-1.pgdg12+1)\n", "15.12.0", "15")]
    [InlineData("postgres (PostgreSQL) 9.6.24", "9.6.24", "9.6")]
    [InlineData("postgres (PostgreSQL) 18beta1", "18.0.0", "18")]
    [InlineData("18.4.0-beta.17", "18.4.0", "18")]
    public void Parse_WhatProgramsAndPackagesSay_IsTheVersion(string text, string version, string major)
    {
        var parsed = PostgresVersion.Parse(text);

        Assert.Equal(Version.Parse(version), parsed);
        Assert.Equal(major, new PostgresBinaries("/somewhere", parsed!).MajorVersion);
    }

    [Fact]
    public void Parse_NoNumber_IsNull() => Assert.Null(PostgresVersion.Parse("no such program"));
}
