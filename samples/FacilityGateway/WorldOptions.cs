namespace FacilityGateway;

/// <summary>What a simulated world looks like. The same options give the same bytes on every machine.</summary>
public sealed record WorldOptions
{
    public int Facilities { get; init; } = 20;

    public int FilesPerFacility { get; init; } = 5;

    /// <summary>The mean; files have from one claim to three times the mean, unless <see cref="FixedSize"/>.</summary>
    public int ClaimsPerFile { get; init; } = 20;

    /// <summary>Whether every good file has exactly <see cref="ClaimsPerFile"/> claims.</summary>
    public bool FixedSize { get; init; }

    public int Seed { get; init; } = 1;

    /// <summary>The share of files that cannot be read and must be quarantined.</summary>
    public double BrokenFileShare { get; init; } = 0.04;

    /// <summary>The share of files that must be skipped, as far as the broken ones leave room: test files, files of another kind, duplicates.</summary>
    public double SkippedFileShare { get; init; } = 0.03;

    /// <summary>The share of claims, within good files, that must be left out.</summary>
    public double BadClaimShare { get; init; } = 0.01;

    /// <exception cref="ArgumentException">An option is out of its limits; the message names it.</exception>
    public void Validate()
    {
        AtLeastOne(Facilities, nameof(Facilities), 9_999_999);
        AtLeastOne(FilesPerFacility, nameof(FilesPerFacility), 1_000_000);
        AtLeastOne(ClaimsPerFile, nameof(ClaimsPerFile), 100_000);
        Share(BrokenFileShare, nameof(BrokenFileShare));
        Share(SkippedFileShare, nameof(SkippedFileShare));
        Share(BadClaimShare, nameof(BadClaimShare));
    }

    private static void AtLeastOne(int value, string name, int most)
    {
        if (value < 1 || value > most)
            throw new ArgumentException($"{name} is {value}; it must be from 1 to {most}.");
    }

    private static void Share(double value, string name)
    {
        if (!(value >= 0 && value <= 1))
            throw new ArgumentException($"{name} is {value}; it must be from 0 to 1.");
    }
}
