using System.Text.Json;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;

namespace ReferenceHost.Api.Reports;

/// <summary>Writes a <see cref="ReportAnswer{TRow, TTotals}"/> around rows that were written before.</summary>
internal sealed class PageResult<TTotals>(ReportPage page, TTotals? totals, ReportState state) : IResult
    where TTotals : class
{
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        JsonSerializerOptions json = httpContext.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        httpContext.Response.ContentType = "application/json; charset=utf-8";
        await using (var writer = new Utf8JsonWriter(httpContext.Response.BodyWriter))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("rows"u8);
            writer.WriteRawValue(page.Rows, skipInputValidation: true);
            writer.WriteString("next"u8, page.Next);
            if (totals is not null)
            {
                writer.WritePropertyName("totals"u8);
                JsonSerializer.Serialize(writer, totals, json);
            }

            writer.WriteString("asOf"u8, state.AsOf);
            writer.WriteNumber("ledgerPosition"u8, state.LedgerPosition);
            writer.WriteString("version"u8, state.Version);
            writer.WriteNumber("waitingClaims"u8, state.WaitingClaims);
            writer.WriteEndObject();
        }

        await httpContext.Response.BodyWriter.FlushAsync(httpContext.RequestAborted);
    }
}
