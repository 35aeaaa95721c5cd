using Claims.Ingestion.Diagnostics;

namespace Claims.Ingestion.Tests.Diagnostics;

public sealed class TelemetryOptionsTests
{
    [Fact]
    public void Defaults_AreAsDocumented() => Assert.Equal(2000, new TelemetryOptions().MaxFacilities);

    [Fact]
    public void Invalid_IsNamedWithItsLimits() =>
        Assert.Equal(
            "Claims:Telemetry:MaxFacilities is -1; it must be from 0 to 100000.",
            new RangeOptionsValidator<TelemetryOptions>("Claims:Telemetry").Validate(null, new TelemetryOptions { MaxFacilities = -1 }).FailureMessage);
}
