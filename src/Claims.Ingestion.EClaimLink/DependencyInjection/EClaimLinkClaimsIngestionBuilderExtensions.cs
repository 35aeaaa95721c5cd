using Claims.Ingestion.EClaimLink;
using Claims.Ingestion.EClaimLink.Calls;
using Claims.Ingestion.EClaimLink.Listing;
using Claims.Ingestion.EClaimLink.Soap;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Polls facilities at the eClaimLink gateway.</summary>
public static class EClaimLinkClaimsIngestionBuilderExtensions
{
    /// <summary>
    /// Adds the poller <c>eclaimlink</c>, for facilities whose endpoint is the address of an eClaimLink service. Its settings are in the section
    /// <c>EClaimLink</c> of the ingestion's configuration; the facilities' logins come from the <see cref="Claims.Ingestion.Facilities.ICredentialProvider"/>.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="configure">Changes settings in code, after the section.</param>
    /// <returns>The value of <paramref name="builder"/>.</returns>
    public static IClaimsIngestionBuilder AddEClaimLinkPoller(this IClaimsIngestionBuilder builder, Action<EClaimLinkOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        IServiceCollection services = builder.Services;
        if (services.All(s => s.ServiceType != typeof(FacilityGateway)))
        {
            builder.AddCheckedOptions<EClaimLinkOptions>("EClaimLink");
            services.AddSingleton<IValidateOptions<EClaimLinkOptions>>(new EClaimLinkOptionsValidator("Claims:EClaimLink"));
            services.AddMetrics();
            services.AddResilienceEnricher();
            // Four log lines of the factory for each call would drown everything else; failures are logged here, in an operator's words.
            services.AddHttpClient(EClaimLinkOptions.HttpClientName).RemoveAllLoggers().ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler
            {
                // A redirected request would carry the password to wherever it points.
                AllowAutoRedirect = false,
                UseCookies = false,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            });
            services.AddSingleton<EClaimLinkMetrics>();
            services.AddSingleton<GatewayHandler>();
            services.AddSingleton<AnswerReader>();
            services.AddSingleton<SoapClient>();
            services.AddSingleton<ParkedFacilities>();
            services.AddSingleton<FacilityPipelines>();
            services.AddSingleton<DownloadCounts>();
            services.AddSingleton<FacilityGateway>();
            services.AddSingleton<LookBacks>();
            services.AddSingleton<FacilityListing>();
            builder.AddPoller<EClaimLinkPoller>();
        }

        if (configure is not null) services.Configure(configure);
        return builder;
    }
}
