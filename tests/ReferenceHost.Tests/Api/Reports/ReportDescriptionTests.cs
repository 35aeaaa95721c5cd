using Microsoft.OpenApi;
using Microsoft.OpenApi.Reader;

namespace ReferenceHost.Tests.Api.Reports;

public sealed class ReportDescriptionTests(ReportFixture fixture) : IClassFixture<ReportFixture>
{
    [Fact]
    public async Task Document_IsValidAndDescribesEverything()
    {
        ReadResult result = OpenApiDocument.Parse(await fixture.Host.TextAsync("/openapi/v1.json"), "json");
        Assert.Empty(result.Diagnostic!.Errors);
        Assert.Empty(result.Diagnostic.Warnings);
        OpenApiOperation[] operations = [.. result.Document!.Paths.SelectMany(path => path.Value.Operations!.Values)];
        Assert.Equal(operations.Length, operations.Select(operation => operation.OperationId).OfType<string>().Distinct().Count());

        foreach (string report in new[] { "balance-amount", "remittance-advice", "payerwise" })
        {
            foreach (bool isExport in new[] { false, true })
            {
                OpenApiOperation operation = result.Document.Paths[$"/api/reports/{report}{(isExport ? ".csv" : "")}"].Operations![HttpMethod.Get];
                Assert.Equal(
                    isExport ? ["facility", "payer", "from", "to", "limit", "If-None-Match"] : ["facility", "payer", "from", "to", "limit", "cursor", "totals", "If-None-Match"],
                    operation.Parameters!.Select(parameter => parameter.Name));
                Assert.All(operation.Parameters!, parameter => Assert.NotEmpty(parameter.Description!));
                Assert.Equal(isExport ? ["200", "304", "400", "503"] : ["200", "304", "400"], operation.Responses!.Keys.Order());
                Assert.All(operation.Responses.Values, response => Assert.NotEmpty(response.Description!));
                Assert.Equal(isExport ? "text/csv" : "application/json", Assert.Single(operation.Responses["200"].Content!.Keys));
                string[] headers = ["ETag", "Cache-Control", "Claims-Report-Version", "Claims-Report-As-Of", "Claims-Report-Ledger-Position", "Claims-Report-Waiting-Claims"];
                Assert.Equal(isExport ? [.. headers, "Content-Disposition"] : headers, operation.Responses["200"].Headers!.Keys);
                Assert.Equal(headers, operation.Responses["304"].Headers!.Keys);
                Assert.All(operation.Responses["200"].Headers!.Values, header => Assert.NotEmpty(header.Description!));
            }
        }

        IOpenApiSchema answer = result.Document.Paths["/api/reports/payerwise"].Operations![HttpMethod.Get].Responses!["200"].Content!["application/json"].Schema!;
        Assert.Equal(["rows", "next", "totals", "asOf", "ledgerPosition", "version", "waitingClaims"], answer.Properties!.Keys);
    }
}
