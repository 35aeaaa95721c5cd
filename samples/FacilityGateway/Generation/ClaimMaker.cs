using FacilityGateway.Histories;

namespace FacilityGateway.Generation;

/// <summary>Makes up new claims and the versions in which they are sent again.</summary>
internal static class ClaimMaker
{
    private static readonly string[] s_separators = ["-", "/", ".", " ", ""];

    /// <param name="random">The numbers of this claim.</param>
    /// <param name="parties">Who takes part.</param>
    /// <param name="file">The number of the file within its facility, from 0; it keeps ids unique.</param>
    /// <param name="ordinal">The number of the claim within the file.</param>
    /// <param name="sentAt">When it is sent; the service was before that.</param>
    /// <param name="previous">The claim before it in the file: two providers may use the same claim id.</param>
    public static ClaimLife New(Randomness random, Parties parties, int file, int ordinal, DateTime sentAt, ClaimLife? previous)
    {
        var separator = random.Pick(s_separators);
        var claimId = $"{(separator.Length == 0 ? "CLM" : $"C{separator}")}{file + 1:00000}{separator}{ordinal:00000}";
        var provider = parties.FacilityId;
        if (random.Chance(0.04))
        {
            provider = parties.SisterProviderId;
            if (previous is not null && previous.ProviderId != provider)
                claimId = previous.ClaimId;
        }

        var serviceDate = sentAt.Date.AddDays(-random.Between(1, 40)).AddMinutes(random.Chance(0.05) ? 0 : random.Below(1440));
        var life = new ClaimLife
        {
            ProviderId = provider,
            ClaimId = claimId,
            Seed = random.Next(),
            PayerId = parties.Payer(random),
            ServiceDate = serviceDate,
            FacilityId = random.Chance(0.03) ? null : parties.Place(random),
            Lines = [],
        };
        life.Lines = NewLines(life, random);
        return life;
    }

    public static ClaimVersion FirstVersion(ClaimLife life, Randomness random)
    {
        var net = life.Lines.Sum(line => line.Net);
        if (random.Chance(0.02) && net > 1)
            net -= 1;

        var fromBeforeOurTime = random.Chance(0.01);
        return life.Send(life.Lines, net, fromBeforeOurTime ? random.Pick(["internal complaint", "correction", "legacy"]) : null);
    }

    public static ClaimVersion Resubmission(ClaimLife life, Parties parties, Randomness random)
    {
        var kind = random.Below(100);
        if (kind < 45)
            return Replacement(life, parties, random, "correction");

        if (kind < 85)
            return Reassertion(life, random, kind < 75 ? "internal complaint" : "reconciliation");

        return Replacement(life, parties, random, kind < 90 ? "legacy" : null);
    }

    private static ClaimVersion Replacement(ClaimLife life, Parties parties, Randomness random, string? type)
    {
        life.OldLines.AddRange(life.Lines);
        life.Lines = random.Chance(0.2)
            ? NewLines(life, random)
            : [.. life.Lines.Select((line, index) => new SubmittedLine(LineId(life, index), random.Chance(0.3) ? Money.Amount(random) : line.Net))];
        if (random.Chance(0.1))
            life.PayerId = parties.Payer(random);

        if (random.Chance(0.1))
            life.FacilityId = parties.Place(random);

        return life.Send(life.Lines, life.Lines.Sum(line => line.Net), type);
    }

    private static ClaimVersion Reassertion(ClaimLife life, Randomness random, string type)
    {
        var disputed = life.Lines.Where(line => life.DeniedIds.Contains(line.Id)).ToList();
        if (disputed.Count == 0)
            disputed = random.Some(life.Lines, random.Between(1, life.Lines.Count));

        if (random.Chance(0.15))
            disputed = [.. disputed.Select(line => line with { Net = line.Net + 1 })];

        if (random.Chance(0.08))
            disputed.Add(new SubmittedLine(LineId(life, 90), Money.Amount(random)));

        var ids = disputed.Select(line => line.Id).ToHashSet();
        life.Lines = [.. life.Lines.Where(line => !ids.Contains(line.Id)), .. disputed];
        return life.Send(disputed, disputed.Sum(line => line.Net), type);
    }

    private static List<SubmittedLine> NewLines(ClaimLife life, Randomness random)
    {
        var size = random.Below(100);
        var count = size < 30 ? 1 : size < 60 ? 2 : size < 80 ? 3 : size < 97 ? random.Between(4, 6) : random.Between(7, 20);
        var lines = new List<SubmittedLine>(count);
        for (var index = 0; index < count; index++)
            lines.Add(new SubmittedLine(LineId(life, index), Money.Amount(random)));

        if (count > 1 && random.Chance(0.005))
            lines[1] = lines[1] with { Id = lines[0].Id };

        return lines;
    }

    /// <summary>New in each version, unique within the claim.</summary>
    private static string LineId(ClaimLife life, int index) => $"A{life.Seed % 1_000_000_000:000000000}.{life.Versions}.{index + 1}";
}
