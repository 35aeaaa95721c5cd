using Claims.Ingestion.Governing;
using Claims.Ingestion.Pipeline;
using Claims.Ingestion.Postgres.DataSources;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Postgres.Views;

/// <summary>Who is busy with the database: the users, when the governor gives way to them or few connections of theirs are free, or ingestion, when files wait to be written.</summary>
internal sealed class BusySignal([FromKeyedServices(DataSourceRole.Api)] RoleDataSource api, IngestionPipeline pipeline, Governed governed, IOptions<PostgresOptions> options)
{
    private const double MostHeld = 0.8;

    /// <summary>Who is busy, in words for operators; <see langword="null"/> when nobody is.</summary>
    public string? Reason
    {
        get
        {
            if (!governed.Limits.MayRefresh) return FormattableString.Invariant($"the governor gives way to the users: ingestion has a share of {governed.Limits.Share:F2}");
            int held = api.Held, all = options.Value.Api.MaxSize;
            if (held >= MostHeld * all) return $"users are busy: {held} of {all} connections of the Api pool are in use";
            return pipeline.Flow.Bottleneck is { } stage ? $"ingestion is busy: files wait for {stage}" : null;
        }
    }
}
