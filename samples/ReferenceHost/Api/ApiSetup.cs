using System.Text.Json.Serialization;
using ReferenceHost.Api.Admin;
using ReferenceHost.Api.Reports;

namespace ReferenceHost.Api;

/// <summary>The API, for the host and for tests that run it in their own process.</summary>
internal static class ApiSetup
{
    public static void AddApi(this WebApplicationBuilder builder)
    {
        builder.Services.AddReports(builder.Configuration);
        builder.AddAdmin();
        builder.Services.AddOpenApi(options => options.AddKey());
        builder.Services.AddProblemDetails();
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.Converters.Add(new JsonStringEnumConverter()));
    }

    public static void MapApi(this WebApplication app)
    {
        app.UseExceptionHandler();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseClaimsConsistency();
        app.UseRateLimiter();
        app.MapOpenApi();
        app.MapClaims();
        app.MapReports();
        app.MapFacilities();
        app.MapFiles();
        app.MapAdmin();
    }
}
