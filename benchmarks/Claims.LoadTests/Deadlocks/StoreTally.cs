using System.Globalization;

namespace Claims.LoadTests.Deadlocks;

/// <summary>What the writers of a process met in a round.</summary>
internal readonly record struct StoreTally(long Batches, long Deadlocks, long OtherFailures)
{
    public static StoreTally Parse(string line)
    {
        long[] numbers = [.. line.Split(' ').Select(n => long.Parse(n, CultureInfo.InvariantCulture))];
        return new StoreTally(numbers[0], numbers[1], numbers[2]);
    }

    public StoreTally Plus(StoreTally other) => new(Batches + other.Batches, Deadlocks + other.Deadlocks, OtherFailures + other.OtherFailures);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Batches} {Deadlocks} {OtherFailures}");
}
