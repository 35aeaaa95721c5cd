using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Postgres.Diagnostics;
using Claims.Ingestion.Postgres.Summaries;
using Claims.Ingestion.Postgres.Views;
using Claims.Ingestion.Views;
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
        errors.AddResult(new RangeOptionsValidator<WatchOptions>($"{Section}:Watch").Validate(name, options.Watch));
        AddViews(errors, options.Views);
        return errors.Build();
    }

    private static void AddViews(ValidateOptionsResultBuilder errors, ViewOptions views)
    {
        const string Views = $"{Section}:Views";
        errors.AddResult(new RangeOptionsValidator<ViewOptions>(Views).Validate(null, views));
        errors.AddResult(new RangeOptionsValidator<SummaryOptions>($"{Views}:Summaries").Validate(null, views.Summaries));
        AddRules(errors, Views, views);
        foreach ((string view, ViewItemOptions item) in views.Items)
        {
            string section = $"{Views}:Items:{view}";
            errors.AddResult(new RangeOptionsValidator<ViewItemOptions>(section).Validate(null, item));
            AddRules(errors, section, item);
            if (view.Count(c => c == '.') > 1 || view.Length == 0) errors.AddError($"{section} is no name of a view; it must be a name, or a schema and a name with a dot in between.");
            if (item.Mode is not null && !ReportViews.Names.Contains(view)) errors.AddError($"{section}:Mode is {item.Mode}; only the reports {string.Join(", ", ReportViews.Names)} have a mode.");
        }
    }

    private static void AddRules(ValidateOptionsResultBuilder errors, string section, RefreshRules rules)
    {
        if (rules.TimeZone is { } zone && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            errors.AddError($"{section}:TimeZone is {zone}, which this machine does not know; it must be an IANA name such as Asia/Dubai.");
        for (int i = 0; i < rules.QuietHours.Count; i++) errors.AddResult(new RangeOptionsValidator<QuietHours>($"{section}:QuietHours:{i}").Validate(null, rules.QuietHours[i]));
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
