using System.CommandLine;

namespace FacilityGateway;

/// <summary>The command line.</summary>
public static class Program
{
    public static Task<int> Main(string[] args) => RunAsync(args, Console.Out, Console.Error);

    internal static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken = default)
    {
        var root = new RootCommand("Makes the claim files of a simulated world of health-care facilities.") { GenerateCommand.Create() };
        var parsed = root.Parse(args);
        if (parsed.Errors.Count == 0)
            return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error }, cancellationToken).ConfigureAwait(false);

        foreach (var problem in parsed.Errors)
            await error.WriteLineAsync(problem.Message).ConfigureAwait(false);

        await error.WriteLineAsync("Use --help to see what can be given.").ConfigureAwait(false);
        return 1;
    }
}
