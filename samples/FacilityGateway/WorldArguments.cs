using System.CommandLine;

namespace FacilityGateway;

/// <summary>The options that describe a world on the command line.</summary>
internal sealed class WorldArguments
{
    private static readonly WorldOptions s_defaults = new();

    private readonly Option<int> _facilities = new("--facilities") { Description = "How many facilities.", DefaultValueFactory = _ => s_defaults.Facilities };
    private readonly Option<int> _files = new("--files") { Description = "How many files a facility.", DefaultValueFactory = _ => s_defaults.FilesPerFacility };
    private readonly Option<int> _claims = new("--claims") { Description = "How many claims a file, on average.", DefaultValueFactory = _ => s_defaults.ClaimsPerFile };
    private readonly Option<int> _seed = new("--seed") { Description = "The same seed makes the same bytes.", DefaultValueFactory = _ => s_defaults.Seed };
    private readonly Option<double> _broken = new("--broken") { Description = "The share of broken files, from 0 to 1.", DefaultValueFactory = _ => s_defaults.BrokenFileShare };

    public void AddTo(Command command)
    {
        foreach (var option in new Option[] { _facilities, _files, _claims, _seed, _broken })
            command.Options.Add(option);
    }

    public WorldOptions Read(ParseResult parsed) => new()
    {
        Facilities = parsed.GetValue(_facilities),
        FilesPerFacility = parsed.GetValue(_files),
        ClaimsPerFile = parsed.GetValue(_claims),
        Seed = parsed.GetValue(_seed),
        BrokenFileShare = parsed.GetValue(_broken),
    };
}
