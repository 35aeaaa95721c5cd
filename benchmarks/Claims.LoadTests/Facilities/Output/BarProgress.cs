using System.Diagnostics;
using Spectre.Console;

namespace Claims.LoadTests.Facilities.Output;

/// <summary>A bar for each phase, on a terminal.</summary>
internal sealed class BarProgress : IRunProgress
{
    // Drawing takes processor time from what is measured.
    private static readonly TimeSpan Redraw = TimeSpan.FromSeconds(1);

    private readonly ProgressContext _context;

    private BarProgress(ProgressContext context) => _context = context;

    /// <summary>Whether somebody watches.</summary>
    public static bool IsPossible => !Console.IsErrorRedirected && !Console.IsInputRedirected;

    public static async Task<T> ShowAsync<T>(Func<IRunProgress, Task<T>> run)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return await console.Progress()
            .AutoRefresh(false)
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new RemainingTimeColumn())
            .StartAsync(context => run(new BarProgress(context)));
    }

    public void Say(string what)
    {
        ProgressTask task = _context.AddTask(Markup.Escape(what), maxValue: 1);
        task.Value = 1;
        _context.Refresh();
    }

    public async Task PhaseAsync(string name, TimeSpan length, CancellationToken stop)
    {
        ProgressTask task = _context.AddTask(Markup.Escape(name), maxValue: length.TotalSeconds);
        for (long start = Stopwatch.GetTimestamp(); !stop.IsCancellationRequested;)
        {
            await Task.Delay(Redraw, TimeProvider.System, stop).ContinueWith(_ => { }, TaskScheduler.Default);
            task.Value = Math.Min(length.TotalSeconds, Stopwatch.GetElapsedTime(start).TotalSeconds);
            _context.Refresh();
        }
    }
}
