using Claims.Ingestion.Reading;

namespace Claims.Ingestion.Tests.Reading;

public sealed class ReadingOptionsValidatorTests
{
    private readonly ReadingOptionsValidator _validator = new("Claims:Reading");

    [Theory]
    [InlineData("04:00:00")]
    [InlineData("-05:30:00")]
    public void Validate_WholeMinutes_Succeeds(string offset) =>
        Assert.True(_validator.Validate(null, new ReadingOptions { UtcOffset = TimeSpan.Parse(offset, System.Globalization.CultureInfo.InvariantCulture) }).Succeeded);

    [Fact]
    public void Validate_PartOfAMinute_NamesTheSettingAndItsValue() => Assert.Equal(
        ["Claims:Reading:UtcOffset is 04:00:30; it must be a whole number of minutes."],
        _validator.Validate(null, new ReadingOptions { UtcOffset = new TimeSpan(4, 0, 30) }).Failures);
}
