using Microsoft.Extensions.Options;

namespace Claims.Ingestion.Dashboard;

internal sealed class DashboardOptionsValidator : IValidateOptions<DashboardOptions>
{
    private const int LongestTitle = 60;

    public ValidateOptionsResult Validate(string? name, DashboardOptions options)
    {
        var errors = new ValidateOptionsResultBuilder();
        if (string.IsNullOrWhiteSpace(options.Title) || options.Title.Length > LongestTitle)
            errors.AddError($"{nameof(DashboardOptions)}.{nameof(options.Title)} is \"{options.Title}\"; it must have from 1 to {LongestTitle} characters.");
        CheckPolicy(nameof(options.ViewPolicy), options.ViewPolicy);
        CheckPolicy(nameof(options.ActionsPolicy), options.ActionsPolicy);
        if (options.SignInPath is { } path && !IsLocal(path))
            errors.AddError($"{nameof(DashboardOptions)}.{nameof(options.SignInPath)} is \"{path}\"; it must be null, or a path of this site that begins with one slash.");
        return errors.Build();

        void CheckPolicy(string setting, string? policy)
        {
            if (policy is not null && string.IsNullOrWhiteSpace(policy))
                errors.AddError($"{nameof(DashboardOptions)}.{setting} is \"{policy}\"; it must be null, or the name of a policy.");
        }
    }

    private static bool IsLocal(string path) => path.StartsWith('/') && !path.StartsWith("//", StringComparison.Ordinal) && !path.Contains('\\', StringComparison.Ordinal);
}
