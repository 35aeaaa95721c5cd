namespace Claims.LoadTests.Facilities.Output;

/// <summary>A line for each step, where nobody watches a terminal.</summary>
internal sealed class LineProgress : IRunProgress
{
    public void Say(string what) => Console.Error.WriteLine(what);

    public Task PhaseAsync(string name, TimeSpan length, CancellationToken stop)
    {
        Say(FormattableString.Invariant($"{name}, {length.TotalSeconds:0.#} s"));
        return Task.CompletedTask;
    }
}
