using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds parts to the ingestion: a store, pollers, readers. From <c>services.AddClaimsIngestion(...)</c>.</summary>
public interface IClaimsIngestionBuilder
{
    /// <summary>The services that the parts are added to.</summary>
    IServiceCollection Services { get; }

    /// <summary>The configuration section that the ingestion was given.</summary>
    /// <value>An empty section when it was given none.</value>
    IConfiguration Configuration { get; }
}
