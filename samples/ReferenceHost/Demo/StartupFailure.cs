using Claims.Ingestion.Postgres.Local;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ReferenceHost.Demo;

/// <summary>Says in one line why the host did not start, where a stack trace would help nobody.</summary>
internal static class StartupFailure
{
    public static string? Describe(Exception exception) => exception switch
    {
        OptionsValidationException validation => $"The configuration is not valid:{Environment.NewLine}  {string.Join(Environment.NewLine + "  ", validation.Failures)}",
        PostgresNotFoundException => exception.Message,
        NpgsqlException => $"The database cannot be used: {exception.Message}. Check the server and ConnectionStrings__Claims.",
        InvalidOperationException { InnerException: PostgresException } => exception.Message,
        LocalPostgresException or IOException => exception.Message,
        _ => null,
    };
}
