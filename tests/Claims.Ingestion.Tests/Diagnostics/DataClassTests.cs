using System.Collections;
using System.Globalization;
using System.Reflection;
using Claims.Ingestion.Diagnostics;
using Claims.Ingestion.Facilities;
using Claims.Ingestion.Reading;
using Microsoft.Extensions.Compliance.Classification;
using Microsoft.Extensions.Compliance.Redaction;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Claims.Ingestion.Tests.Diagnostics;

/// <summary>What a host that logs a claim or a login by its own code tells of it, when redaction is switched on.</summary>
public sealed partial class DataClassTests
{
    private const string Mark = "marked";

    // Each of these says nothing of a person: a place, a company, or what holds the others.
    private static readonly HashSet<string> _unclassified =
    [
        "SubmittedClaim.Position", "SubmittedClaim.Line", "SubmittedClaim.PayerId", "SubmittedClaim.ProviderId", "SubmittedClaim.Encounter", "SubmittedClaim.Diagnoses", "SubmittedClaim.Activities",
        "SubmittedClaim.Resubmission", "Encounter.FacilityId", "SubmittedActivity.Observations", "RemittedClaim.Position", "RemittedClaim.Line", "RemittedClaim.ProviderId", "RemittedClaim.FacilityId",
        "RemittedClaim.Activities", "ClaimError.Position", "ClaimError.Line", "ClaimError.Rule", "ClaimError.Reason",
    ];

    private static readonly Type[] _types =
    [
        typeof(SubmittedClaim), typeof(Encounter), typeof(Diagnosis), typeof(SubmittedActivity), typeof(Observation), typeof(Resubmission), typeof(RemittedClaim), typeof(RemittedActivity), typeof(ClaimError),
        typeof(FacilityCredential),
    ];

    [Fact]
    public void Properties_OfClaimsAndLogins_AreOfAClass_OrAreNamedAsHarmless()
    {
        string[] unclassified =
        [
            .. from type in _types
               from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
               where property.GetCustomAttribute<DataClassificationAttribute>() is null
               select $"{type.Name}.{property.Name}",
        ];

        Assert.Equal(_unclassified.Order(), unclassified.Order());
    }

    [Fact]
    public void Log_ClaimsAndLogins_TellsNoValueOfAClass()
    {
        var services = new ServiceCollection();
        services.AddRedaction();
        services.AddLogging(logging => logging.EnableRedaction().AddFakeLogging());
        using ServiceProvider provider = services.BuildServiceProvider();
        ILogger logger = provider.GetRequiredService<ILogger<DataClassTests>>();

        Submitted(logger, Marked<SubmittedClaim>());
        Encountered(logger, Marked<Encounter>());
        Diagnosed(logger, Marked<Diagnosis>());
        Done(logger, Marked<SubmittedActivity>());
        Observed(logger, Marked<Observation>());
        SentAgain(logger, Marked<Resubmission>());
        Remitted(logger, Marked<RemittedClaim>());
        Paid(logger, Marked<RemittedActivity>());
        LeftOut(logger, new ClaimError(1, $"{Mark} ClaimId", 2, "rule", "reason"));
        LoggedIn(logger, new FacilityCredential($"{Mark} Login", $"{Mark} Password"));

        IReadOnlyList<FakeLogRecord> records = provider.GetFakeLogCollector().GetSnapshot();
        Assert.Equal(_types.Length, records.Count);
        string[] told = [.. records.SelectMany(record => record.StructuredState!).Select(item => $"{item.Key}={item.Value}"), .. records.Select(record => record.Message)];
        Assert.DoesNotContain(told, text => text.Contains(Mark, StringComparison.Ordinal) || text.Contains("1234", StringComparison.Ordinal) || text.Contains("1999", StringComparison.Ordinal));

        // The test sees what is told: of that which has no class all is there, and of the others at least the name.
        Assert.Contains("claim.ProviderId=harmless ProviderId", told);
        Assert.Contains("claim.EmiratesId=", told);
    }

#pragma warning disable EXTEXP0003 // Transitive is called experimental; hosts that log a whole claim need it.
    [LoggerMessage(1, LogLevel.Information, "a claim")]
    private static partial void Submitted(ILogger logger, [LogProperties(Transitive = true)] SubmittedClaim claim);

    [LoggerMessage(2, LogLevel.Information, "an encounter")]
    private static partial void Encountered(ILogger logger, [LogProperties] Encounter encounter);

    [LoggerMessage(3, LogLevel.Information, "a diagnosis")]
    private static partial void Diagnosed(ILogger logger, [LogProperties] Diagnosis diagnosis);

    [LoggerMessage(4, LogLevel.Information, "an activity")]
    private static partial void Done(ILogger logger, [LogProperties] SubmittedActivity activity);

    [LoggerMessage(5, LogLevel.Information, "an observation")]
    private static partial void Observed(ILogger logger, [LogProperties] Observation observation);

    [LoggerMessage(6, LogLevel.Information, "a resubmission")]
    private static partial void SentAgain(ILogger logger, [LogProperties] Resubmission resubmission);

    [LoggerMessage(7, LogLevel.Information, "a remitted claim")]
    private static partial void Remitted(ILogger logger, [LogProperties(Transitive = true)] RemittedClaim remitted);
#pragma warning restore EXTEXP0003

    [LoggerMessage(8, LogLevel.Information, "a remitted activity")]
    private static partial void Paid(ILogger logger, [LogProperties] RemittedActivity activity);

    [LoggerMessage(9, LogLevel.Information, "a claim left out")]
    private static partial void LeftOut(ILogger logger, [LogProperties] ClaimError error);

    [LoggerMessage(10, LogLevel.Information, "a login")]
    private static partial void LoggedIn(ILogger logger, [LogProperties] FacilityCredential credential);

    /// <summary>An object with a marked value in every property that can have one.</summary>
    private static T Marked<T>()
        where T : class
    {
        T marked = Activator.CreateInstance<T>();
        foreach (PropertyInfo property in typeof(T).GetProperties())
        {
            string word = _unclassified.Contains($"{typeof(T).Name}.{property.Name}") ? "harmless" : Mark;
            Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            object? value = type == typeof(string) ? $"{word} {property.Name}"
                : type == typeof(decimal) ? 1234.5m
                : type == typeof(DateTimeOffset) ? DateTimeOffset.Parse("1999-12-31T00:00:00Z", CultureInfo.InvariantCulture)
                : type == typeof(byte[]) ? "marked"u8.ToArray()
                : typeof(IEnumerable).IsAssignableFrom(type) ? Array.CreateInstance(type.GetGenericArguments()[0], 0)
                : null;
            if (value is not null) property.SetValue(marked, value);
        }

        return marked;
    }
}
