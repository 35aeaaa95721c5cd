using System.CommandLine;

namespace ReferenceHost.Demo;

/// <summary>What the demo was asked for on its command line.</summary>
internal sealed record DemoOptions
{
    public bool Once { get; private init; }

    public int Facilities { get; private init; }

    public int Files { get; private init; }

    public int Claims { get; private init; }

    public int Seed { get; private init; }

    /// <summary>A folder with a sub-folder for each facility; without it, facilities are polled at a gateway.</summary>
    public string? Inbox { get; private init; }

    /// <summary>The address of a simulated gateway that runs already; without it, the demo starts its own.</summary>
    public Uri? Gateway { get; private init; }

    public int Port { get; private init; }

    /// <summary>Where the database cluster is kept between runs; without it, it is a fresh one.</summary>
    public string? Data { get; private init; }

    /// <returns>The options, or <see langword="null"/> when help was shown or the arguments are wrong; that has been said then.</returns>
    public static DemoOptions? Parse(string[] args)
    {
        Option<bool> once = new("--once") { Description = "Poll every facility once, wait until everything fetched is committed, print a table, exit." };
        Option<int> facilities = Number("--facilities", 20, 1, 10_000, "Facilities of the simulated world.");
        Option<int> files = Number("--files", 5, 1, 100_000, "Files of each facility.");
        Option<int> claims = Number("--claims", 20, 1, 100_000, "Claims of a file, on average.");
        Option<int> seed = Number("--seed", 1, int.MinValue, int.MaxValue, "The same seed gives the same files.");
        Option<string?> inbox = new("--inbox") { Description = "No simulation: each sub-folder of this folder is a facility." };
        Option<Uri?> gateway = new("--gateway")
        {
            Description = "Poll the simulated gateway that runs at this address, and its facilities.",
            CustomParser = result =>
            {
                if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out Uri? address) && address.Scheme == Uri.UriSchemeHttp) return address;
                result.AddError($"--gateway {result.Tokens[0].Value} is not an address; it must be of the form http://127.0.0.1:5090/dhpo/ValidateTransactions.asmx.");
                return null;
            },
        };
        Option<int> port = Number("--port", 5080, 1, 65_535, "The port of the web pages and the API.");
        Option<string?> data = new("--data") { Description = "Keep the database cluster in this folder between runs." };
        inbox.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } folder && !Directory.Exists(folder))
                result.AddError($"--inbox {folder} is not a folder; create it with one sub-folder for each facility.");
        });

        var command = new RootCommand("The reference host of Claims.Ingestion, polling a simulated eClaimLink gateway unless --inbox is given.")
        {
            once, facilities, files, claims, seed, inbox, gateway, port, data,
        };
        DemoOptions? options = null;
        command.SetAction(parsed => options = new DemoOptions
        {
            Once = parsed.GetValue(once),
            Facilities = parsed.GetValue(facilities),
            Files = parsed.GetValue(files),
            Claims = parsed.GetValue(claims),
            Seed = parsed.GetValue(seed),
            Inbox = parsed.GetValue(inbox),
            Gateway = parsed.GetValue(gateway),
            Port = parsed.GetValue(port),
            Data = parsed.GetValue(data),
        });
        command.Parse(args).Invoke();
        return options;
    }

    private static Option<int> Number(string name, int value, int smallest, int largest, string description)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => value };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out int given) && (given < smallest || given > largest))
                result.AddError($"{name} is {given}; it must be from {smallest} to {largest}.");
        });
        return option;
    }
}
