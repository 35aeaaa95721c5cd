namespace Claims.Ingestion.Postgres.Local.Tests;

public sealed class LocalPostgresOptionsTests
{
    [Fact]
    public void Defaults_ArePinned()
    {
        var options = new LocalPostgresOptions();

        Assert.Null(options.BinDirectory);
        Assert.Null(options.DataDirectory);
        Assert.Equal(0, options.Port);
        Assert.Empty(options.Settings);
        Assert.Equal(TimeSpan.FromSeconds(30), options.StartTimeout);
        Assert.Equal(TimeSpan.FromSeconds(30), options.StopTimeout);
        Assert.Same(TimeProvider.System, options.TimeProvider);
    }

    [Fact]
    public void Validated_OutOfRange_NamesSettingAndValue()
    {
        Assert.Equal("Port is 70000; it must be between 0 and 65535.", Message(new LocalPostgresOptions { Port = 70000 }));
        Assert.Equal("StartTimeout is 00:00:00; it must be between 00:00:01 and 01:00:00.", Message(new LocalPostgresOptions { StartTimeout = TimeSpan.Zero }));
        Assert.Equal("StopTimeout is 02:00:00; it must be between 00:00:01 and 01:00:00.", Message(new LocalPostgresOptions { StopTimeout = TimeSpan.FromHours(2) }));
    }

    private static string Message(LocalPostgresOptions options) => Assert.Throws<ArgumentException>(options.Validated).Message;
}
