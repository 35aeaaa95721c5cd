namespace Claims.Ingestion.Dashboard.Tests.Browser;

/// <summary>Where the browser of this machine is; <c>CLAIMS_CHROMIUM</c> names another.</summary>
internal static class Chromium
{
    private static readonly string[] _usual = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome", "/opt/homebrew/bin/chromium", "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"];

    public static string[] Arguments { get; } =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage"];

    public static string Find() => (Environment.GetEnvironmentVariable("CLAIMS_CHROMIUM") is { Length: > 0 } named ? [named] : _usual).FirstOrDefault(File.Exists)
        ?? throw new InvalidOperationException("No Chromium was found; ./test.sh installs it, or set CLAIMS_CHROMIUM to the path of one.");
}
