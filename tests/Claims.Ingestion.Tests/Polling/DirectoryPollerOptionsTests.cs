using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Polling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Tests.Polling;

public sealed class DirectoryPollerOptionsTests
{
    [Fact]
    public void Defaults_AreAsDocumented() => Assert.Equal(TimeSpan.FromSeconds(2), new DirectoryPollerOptions().SettleTime);

    [Theory]
    [InlineData("00:00:00")]
    [InlineData("01:00:00")]
    public void SettleTime_AtItsLimits_IsTaken(string value) =>
        Assert.Equal(TimeSpan.Parse(value, null), Validate(TimeSpan.Parse(value, null)).SettleTime);

    [Theory]
    [InlineData("-00:00:00.0010000")]
    [InlineData("01:00:00.0010000")]
    public void SettleTime_BeyondItsLimits_IsRefused(string value)
    {
        var exception = Assert.Throws<OptionsValidationException>(() => Validate(TimeSpan.Parse(value, null)));

        Assert.Equal(
            $"Claims:DirectoryPoller:SettleTime is {value}; it must be from 00:00:00 to 01:00:00.",
            exception.Message);
    }

    private static DirectoryPollerOptions Validate(TimeSpan settleTime)
    {
        using var services = new ServiceCollection()
            .AddOptions<DirectoryPollerOptions>()
            .Configure(options => options.SettleTime = settleTime)
            .Services.AddSingleton<IValidateOptions<DirectoryPollerOptions>>(new RangeOptionsValidator<DirectoryPollerOptions>("Claims:DirectoryPoller"))
            .BuildServiceProvider();
        return services.GetRequiredService<IOptions<DirectoryPollerOptions>>().Value;
    }
}
