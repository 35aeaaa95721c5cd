using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using ReferenceHost;
using ReferenceHost.Api;
using ReferenceHost.Demo;

if (DemoOptions.Parse(args) is not { } demo) return 1;
try
{
    await using DemoWorld world = await DemoWorld.PrepareAsync(demo, CancellationToken.None);

    WebApplicationBuilder builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
    world.Configure(builder);

    // From here on: what any host does.
    builder.Services
        .AddClaimsIngestion(builder.Configuration.GetSection("Claims"))
        .UsePostgres(builder.Configuration.GetConnectionString("Claims"))
        .AddEClaimLinkPoller();
    builder.Services.AddHealthChecks().AddClaimsIngestion().AddClaimsPostgres();
    builder.Services.AddClaimsDashboard();
    builder.AddApi();
    builder.AddTelemetry();

    WebApplication app = builder.Build();
    app.MapApi();
    app.MapPrometheusScrapingEndpoint();
    app.MapClaimsDashboard("/", options =>
    {
        options.ActionsPolicy = "claims-admin";
        options.SignInPath = "/admin/sign-in";
    });
    app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = check => check.Tags.Contains("live"), ResponseWriter = HealthResponse.WriteAsync });
    app.MapHealthChecks("/health/ready", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready"), ResponseWriter = HealthResponse.WriteAsync });

    if (demo.Once) return await OnceRun.RunAsync(app);
    await app.RunAsync();
    return 0;
}
catch (Exception exception) when (StartupFailure.Describe(exception) is { } message)
{
    await Console.Error.WriteLineAsync(message);
    return 1;
}
