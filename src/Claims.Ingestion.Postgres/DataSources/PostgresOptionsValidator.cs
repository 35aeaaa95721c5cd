using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Postgres.Views;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Claims.Ingestion.Postgres.DataSources;

internal sealed class PostgresOptionsValidator : IValidateOptions<PostgresOptions>
{
    private const string Section = "Claims:Postgres";

    public ValidateOptionsResult Validate(string? name, PostgresOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (CheckConnectionString(options.ConnectionString) is { } error) errors.AddError(error);
        errors.AddResult(new RangeOptionsValidator<PostgresOptions>(Section).Validate(name, options));
        foreach (DataSourceRole role in Enum.GetValues<DataSourceRole>())
            errors.AddResult(new RangeOptionsValidator<PoolOptions>($"{Section}:{role}").Validate(name, options.PoolOf(role)));
        errors.AddResult(new RangeOptionsValidator<RoutingOptions>($"{Section}:Routing").Validate(name, options.Routing));
        errors.AddResult(new RangeOptionsValidator<ViewOptions>($"{Section}:Views").Validate(name, options.Views));
        return errors.Build();
    }

    /// <summary>The message never repeats the connection string: it may hold a password.</summary>
    private static string? CheckConnectionString(string connectionString)
    {
        const string Setting = "ConnectionStrings:Claims (or Claims:Postgres:ConnectionString)";
        if (string.IsNullOrWhiteSpace(connectionString))
            return $"{Setting} is empty; it must be an Npgsql connection string such as Host=localhost;Username=claims;Database=claims.";
        try
        {
            return string.IsNullOrEmpty(new NpgsqlConnectionStringBuilder(connectionString).Host)
                ? $"{Setting} names no Host; add for example Host=localhost."
                : null;
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or KeyNotFoundException)
        {
            return $"{Setting} is not a valid Npgsql connection string; it must be of the form Key=Value;Key=Value.";
        }
    }
}
