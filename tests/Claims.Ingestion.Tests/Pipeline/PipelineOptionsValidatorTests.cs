using Claims.Ingestion.Pipeline;

namespace Claims.Ingestion.Tests.Pipeline;

public sealed class PipelineOptionsValidatorTests
{
    private readonly PipelineOptionsValidator _validator = new("Claims:Pipeline");

    [Theory]
    [InlineData(10, "Claims:Pipeline:BatchClaims is 10 and Claims:Pipeline:MinBatchClaims is 50; the size to start with must not be below the smallest one.")]
    [InlineData(6000, "Claims:Pipeline:BatchClaims is 6000 and Claims:Pipeline:MaxBatchClaims is 5000; the size to start with must not be above the largest one.")]
    [InlineData(50, null)]
    [InlineData(5000, null)]
    public void Validate_SizeToStartWith_MustLieBetweenTheOthers(int claims, string? message) =>
        Assert.Equal(message, _validator.Validate(null, new PipelineOptions { BatchClaims = claims }).FailureMessage);
}
