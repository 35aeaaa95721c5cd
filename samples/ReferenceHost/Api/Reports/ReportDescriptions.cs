using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ReferenceHost.Api.Reports;

/// <summary>What the OpenAPI document says of the reports.</summary>
internal static class ReportDescriptions
{
    public static void DescribePage<TRow, TTotals>(this RouteHandlerBuilder endpoint, Report<TRow, TTotals> report)
        where TRow : class
        where TTotals : class
    {
        endpoint.WithName(report.Name).WithSummary(report.Summary);
        endpoint.Produces<ReportAnswer<TRow, TTotals>>();
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Description = "A page of rows, in the order of their key or, with from or to, of their days.";
            Describe(operation, report, "A page of rows.", [
                Number("limit", "Rows of a page; 100 when left out.", ReportQuery.MaxPage),
                Text("cursor", "The field 'next' of the page before; it goes with the same filters."),
                new OpenApiParameter
                {
                    Name = "totals",
                    In = ParameterLocation.Query,
                    Description = "Whether to add the sums over all rows that the filters leave, on whatever page; false when left out.",
                    Schema = new OpenApiSchema { Type = JsonSchemaType.Boolean, Default = JsonValue.Create(false) },
                },
            ]);
            return Task.CompletedTask;
        });
    }

    public static void DescribeExport(this RouteHandlerBuilder endpoint, Report report)
    {
        endpoint.WithName($"{report.Name}.csv").WithSummary($"{report.Summary} As a CSV file.");
        endpoint.Produces(StatusCodes.Status200OK, contentType: "text/csv");
        endpoint.AddOpenApiOperationTransformer((operation, _, _) =>
        {
            operation.Description = "All rows of one snapshot, streamed. A file that could not be read to its end is cut off with its connection. Texts that a spreadsheet would take for formulas begin with an apostrophe.";
            Describe(operation, report, "The rows, with the fields of the JSON answer as columns.", [Number("limit", "The most rows; all when left out.", int.MaxValue)]);
            OpenApiResponse file = (OpenApiResponse)operation.Responses!["200"];
            file.Content = new Dictionary<string, OpenApiMediaType> { ["text/csv"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.String } } };
            operation.Responses["503"] = new OpenApiResponse
            {
                Description = "As many exports as the host allows are under way.",
                Headers = new Dictionary<string, IOpenApiHeader> { ["Retry-After"] = Header("After how many seconds to try again.", JsonSchemaType.Integer) },
                Content = Problem(),
            };
            file.Headers!["Content-Disposition"] = Header("The name of the file: the report and the day in Dubai.", JsonSchemaType.String);
            return Task.CompletedTask;
        });
    }

    private static void Describe(OpenApiOperation operation, Report report, string success, IEnumerable<IOpenApiParameter> more)
    {
        operation.Parameters =
        [
            Text("facility", "Only this facility."),
            Text("payer", "Only this payer."),
            Day("from", $"Only from this day on: {report.DayMeaning}."),
            Day("to", $"Only up to and including this day: {report.DayMeaning}."),
            .. more,
            new OpenApiParameter { Name = "If-None-Match", In = ParameterLocation.Header, Description = "The ETag of an answer that the caller has.", Schema = new OpenApiSchema { Type = JsonSchemaType.String } },
        ];
        OpenApiResponses responses = operation.Responses ??= [];
        var ok = (OpenApiResponse)responses["200"];
        ok.Description = success;
        ok.Headers = Headers();
        responses["304"] = new OpenApiResponse { Description = "The caller has these rows already; the headers say as of when they hold now.", Headers = Headers() };
        responses["400"] = new OpenApiResponse
        {
            Description = "A parameter is not what it must be: its name is in the field 'parameter', the reason in 'detail'.",
            Content = Problem(),
        };
    }

    private static Dictionary<string, OpenApiMediaType> Problem() => new() { ["application/problem+json"] = new() { Schema = new OpenApiSchema { Type = JsonSchemaType.Object } } };

    private static Dictionary<string, IOpenApiHeader> Headers() => new()
    {
        ["ETag"] = Header("The same tag means the same rows; weak, since the fields that say how fresh they are may move on.", JsonSchemaType.String),
        ["Cache-Control"] = Header("private, no-cache: ask again with If-None-Match before using it again.", JsonSchemaType.String),
        [ReportHeaders.Version] = Header("It changes when rows of the report may have changed.", JsonSchemaType.String),
        [ReportHeaders.AsOf] = Header("Everything that was committed before is shown.", JsonSchemaType.String, "date-time"),
        [ReportHeaders.LedgerPosition] = Header("Everything that the files up to this id changed is shown.", JsonSchemaType.Integer, "int64"),
        [ReportHeaders.WaitingClaims] = Header("Stored claims that the report does not show yet.", JsonSchemaType.Integer, "int64"),
    };

    private static OpenApiHeader Header(string description, JsonSchemaType type, string? format = null) =>
        new() { Description = description, Schema = new OpenApiSchema { Type = type, Format = format } };

    private static OpenApiParameter Text(string name, string description) =>
        new() { Name = name, In = ParameterLocation.Query, Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String } };

    private static OpenApiParameter Day(string name, string description) =>
        new() { Name = name, In = ParameterLocation.Query, Description = description, Schema = new OpenApiSchema { Type = JsonSchemaType.String, Format = "date" } };

    private static OpenApiParameter Number(string name, string description, int largest) => new()
    {
        Name = name,
        In = ParameterLocation.Query,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1", Maximum = largest.ToString(System.Globalization.CultureInfo.InvariantCulture) },
    };
}
