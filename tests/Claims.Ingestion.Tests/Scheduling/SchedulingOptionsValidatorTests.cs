using Claims.Ingestion.Scheduling;

namespace Claims.Ingestion.Tests.Scheduling;

public sealed class SchedulingOptionsValidatorTests
{
    private readonly SchedulingOptionsValidator _validator = new("Claims:Scheduling");

    [Fact]
    public void Validate_StaggerLongerThanTheInterval_NamesBoth() => Assert.Equal(
        "Claims:Scheduling:Stagger is 00:00:30 and Claims:Scheduling:Interval is 00:00:10; the stagger must not be longer than the interval.",
        _validator.Validate(null, new SchedulingOptions { Interval = TimeSpan.FromSeconds(10) }).FailureMessage);

    [Fact]
    public void Validate_StaggerAsLongAsTheInterval_IsTaken() =>
        Assert.True(_validator.Validate(null, new SchedulingOptions { Interval = TimeSpan.FromSeconds(30) }).Succeeded);
}
