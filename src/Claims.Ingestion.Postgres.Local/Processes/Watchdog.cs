using System.Diagnostics;
using System.Globalization;

namespace Claims.Ingestion.Postgres.Local.Processes;

/// <summary>
/// A small shell process that runs every command of a cluster. It holds the reading end of a pipe from us: when the
/// pipe closes, however this process ended, it finishes the command at hand, stops the server and removes the folder.
/// Because nothing else starts the server, no moment is left in which a killed process leaves one behind.
/// </summary>
internal sealed class Watchdog : ICommandRunner
{
    // A command arrives as the count of its words, then one word a line; the exit code goes back. The loop runs in a
    // process of its own, whose parent is gone at once, so that killing our process tree spares it, and it
    // ignores the signals that a terminal sends to everyone.
    private const string Script = """
        folder=$1 data=$2 log=$3; shift 3
        run() {
          count=$1; set --
          while [ "$count" -gt 0 ]; do IFS= read -r word || return; set -- "$@" "$word"; count=$((count - 1)); done
          "$@" </dev/null >>"$log" 2>&1
          echo "$?"
        }
        is_ours() {
          if [ -d /proc/self ]; then [ "/proc/$1/cwd" -ef "$data" ]; else ps -p "$1" -o comm= | grep -q postgres; fi
        }
        watch() {
          trap '' INT QUIT HUP TERM PIPE
          while read -r words; do run "$words"; done
          if [ -e "$folder/guarded" ] && read -r pid <"$data/postmaster.pid" && is_ours "$pid"; then "$@" </dev/null >/dev/null 2>&1; fi
          rm -rf -- "$folder"
        }
        exec 3<&0
        watch "$@" <&3 3<&- 2>/dev/null &
        """;

    private readonly Process _process;
    private readonly string _workFolder;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private int _disposed;

    private Watchdog(Process process, string workFolder)
    {
        _process = process;
        _workFolder = workFolder;
    }

    public static Watchdog Start(string workFolder, string dataDirectory, string log, IReadOnlyList<string> stopCommand)
    {
        var start = Command.Describe(["sh", "-c", Script, "claims-pg-watchdog", workFolder, dataDirectory, log, .. stopCommand]);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        return new Watchdog(Process.Start(start)!, workFolder);
    }

    public void Guard() => File.WriteAllText(Path.Combine(_workFolder, "guarded"), "");

    public async Task<int> RunAsync(IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);

        // A caller may give up waiting; the answer is still read, so that the next command does not get it.
        return await ExchangeAsync(command).WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // The watchdog is gone already: nothing is there to read the end.
        }

        await _turn.WaitAsync().ConfigureAwait(false);

        // Its output ends when it has done everything and exits.
        await _process.StandardOutput.ReadToEndAsync().ConfigureAwait(false);
        _process.Dispose();
        _turn.Dispose();
    }

    private async Task<int> ExchangeAsync(IReadOnlyList<string> command)
    {
        try
        {
            var text = string.Join('\n', [command.Count.ToString(CultureInfo.InvariantCulture), .. command]) + "\n";
            await _process.StandardInput.WriteAsync(text).ConfigureAwait(false);
            await _process.StandardInput.FlushAsync().ConfigureAwait(false);
            var answer = await _process.StandardOutput.ReadLineAsync().ConfigureAwait(false);
            return answer is null
                ? throw new LocalPostgresException("The watchdog of the PostgreSQL server was killed.")
                : int.Parse(answer, CultureInfo.InvariantCulture);
        }
        catch (IOException e)
        {
            throw new LocalPostgresException("The watchdog of the PostgreSQL server was killed.", e);
        }
        finally
        {
            _turn.Release();
        }
    }
}
