using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace ReferenceHost.Api.Reports;

internal static class ReportServices
{
    /// <summary>All pages that this host keeps in memory together; the oldest ones give way.</summary>
    private const long MaxCachedBytes = 64L << 20;

    /// <summary>A larger page is answered and not kept.</summary>
    private const long MaxPageBytes = 4L << 20;

    private static readonly TimeSpan RedisPatience = TimeSpan.FromMilliseconds(500);

    /// <summary>Adds what the report API needs. With a connection string <c>Redis</c> the hosts share what they have read.</summary>
    public static IServiceCollection AddReports(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddMemoryCache(options => options.SizeLimit = MaxCachedBytes);
        services.AddHybridCache(options =>
        {
            options.MaximumPayloadBytes = MaxPageBytes;
            options.MaximumKeyLength = 512;
        });
        if (configuration.GetConnectionString("Redis") is { Length: > 0 } redis)
        {
            ConfigurationOptions settings = Parse(redis);
            services.AddStackExchangeRedisCache(options =>
            {
                options.InstanceName = "claims:";
                options.ConfigurationOptions = settings;
            });
        }

        services.AddOptions<ReportOptions>().BindConfiguration(ReportOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddRateLimiter(ExportLimit.Add);
        services.TryAddSingleton<ReportMetrics>();
        services.TryAddSingleton<ReportSource>();
        return services;
    }

    /// <summary>It only saves work: where it is away, nobody waits for it.</summary>
    private static ConfigurationOptions Parse(string redis)
    {
        try
        {
            var settings = ConfigurationOptions.Parse(redis);
            settings.AbortOnConnectFail = false;
            settings.BacklogPolicy = BacklogPolicy.FailFast;
            settings.ConnectTimeout = Math.Min(settings.ConnectTimeout, (int)RedisPatience.TotalMilliseconds);
            settings.AsyncTimeout = Math.Min(settings.AsyncTimeout, (int)RedisPatience.TotalMilliseconds);
            return settings;
        }
        catch (ArgumentException exception)
        {
            throw new OptionsValidationException("Redis", typeof(ConfigurationOptions), [$"ConnectionStrings:Redis is not valid: {exception.Message}"]);
        }
    }
}
