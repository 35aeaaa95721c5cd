using FacilityGateway.Histories;

namespace FacilityGateway.Generation;

/// <summary>Plays the payer: full and partial payments, denials, take-backs and new payments.</summary>
internal sealed class Answerer(Randomness random, DateTime answeredAt)
{
    private static readonly string[] s_codes =
        ["MNEC-003", "MNEC-004", "PRCE-001", "PRCE-002", "AUTH-001", "AUTH-005", "CLAI-012", "CODE-010", "COPY-001", "ELIG-001", "NCOV-003", "SURC-002", "TIME-001"];

    /// <summary>The answer to a claim in one remittance file: mostly one block, sometimes several.</summary>
    public IEnumerable<RemittanceBlock> Answer(ClaimLife life)
    {
        var paid = life.Paid.Values.Sum();
        var dice = random.Below(100);
        IReadOnlyList<RemittanceBlock> blocks = (life.Answers, paid) switch
        {
            (0, _) => First(life, dice),
            (_, > 0) => AfterPayment(life, dice),
            (_, < 0) => [Rest(life)],
            _ => dice < 50 ? [Rest(life)] : dice < 70 ? [Denials(life)] : dice < 80 ? [ClaimDenial(life)] : [Parts(life)],
        };
        life.Answers += blocks.Count;
        return blocks;
    }

    private IReadOnlyList<RemittanceBlock> First(ClaimLife life, int dice) => dice switch
    {
        < 45 => [Rest(life)],
        < 60 => [Parts(life)],
        < 75 => [Denials(life)],
        < 83 => [ClaimDenial(life)],
        < 87 => [Silence(life)],
        < 89 => [TakeBackFirst(life)],
        < 92 => [Parts(life), Rest(life)],
        < 95 => [Rest(life), TakeBack(life), Rest(life)],
        < 97 => [Rest(life), TakeBack(life)],
        _ => [Parts(life), Denials(life)],
    };

    private IReadOnlyList<RemittanceBlock> AfterPayment(ClaimLife life, int dice) => dice switch
    {
        < 35 => [Rest(life)],
        < 55 => [TakeBack(life)],
        < 65 => [TakeBackPart(life)],
        < 80 => [TakeBack(life), Rest(life)],
        < 90 => [Denials(life)],
        _ => [Parts(life)],
    };

    /// <summary>Pays what is still open on every line.</summary>
    private RemittanceBlock Rest(ClaimLife life) => Block(life, line => (Math.Max(0, line.Net - life.PaidOn(line.Id)), null));

    private RemittanceBlock Parts(ClaimLife life) => Block(life, line =>
        random.Chance(0.4) ? (Math.Max(0, line.Net - life.PaidOn(line.Id)), null)
        : random.Chance(0.15) ? (Math.Round(line.Net, 1, MidpointRounding.ToZero), null)
        : (Money.Part(line.Net, random), random.Chance(0.5) ? random.Pick(s_codes) : null));

    private RemittanceBlock Denials(ClaimLife life) => Block(life, line =>
        random.Chance(0.6) ? (0, random.Pick(s_codes)) : (Math.Max(0, line.Net - life.PaidOn(line.Id)), null));

    private RemittanceBlock ClaimDenial(ClaimLife life)
    {
        foreach (var line in life.Lines)
            life.DeniedIds.Add(line.Id);

        return Block(life, _ => (0, random.Chance(0.5) ? random.Pick(s_codes) : null), denial: random.Pick(s_codes), someLines: random.Chance(0.3));
    }

    private RemittanceBlock Silence(ClaimLife life) => Block(life, _ => (0, null));

    private RemittanceBlock TakeBackFirst(ClaimLife life) => Block(life, line => (-line.Net, null));

    private RemittanceBlock TakeBack(ClaimLife life) =>
        Block(life, line => (-life.PaidOn(line.Id), random.Chance(0.3) ? random.Pick(s_codes) : null), oldLines: true);

    private RemittanceBlock TakeBackPart(ClaimLife life) => Block(life, line => (-Money.Part(life.PaidOn(line.Id), random), null), oldLines: true);

    private RemittanceBlock Block(
        ClaimLife life,
        Func<SubmittedLine, (decimal Payment, string? Code)> pay,
        string? denial = null,
        bool someLines = false,
        bool oldLines = false)
    {
        IEnumerable<SubmittedLine> answered = someLines ? random.Some(life.Lines, random.Between(1, life.Lines.Count)) : life.Lines;
        if (oldLines)
            answered = answered.Concat(life.OldLines.Where(line => life.PaidOn(line.Id) > 0));

        var lines = new List<RemittedLine>();
        foreach (var line in answered)
        {
            var (payment, code) = pay(line);
            Remember(life, line, payment, code);
            var net = random.Chance(0.03) ? line.Net + 0.5m : line.Net;
            if (payment > 1 && random.Chance(0.01))
            {
                lines.Add(new RemittedLine(line.Id, net, 1, random.Pick(s_codes)));
                payment -= 1;
            }

            lines.Add(new RemittedLine(line.Id, net, payment, code));
        }

        return new RemittanceBlock
        {
            ProviderId = life.ProviderId,
            ClaimId = life.ClaimId,
            IdPayer = random.Chance(0.1) ? null : $"P{random.Digits(12)}",
            DenialCode = denial,
            PaymentReference = random.Chance(0.05) ? null : $"PAY-{random.Digits(10)}",
            DateSettlement = random.Chance(0.25) ? null : answeredAt.Date.AddDays(-random.Below(12)).AddMinutes(random.Chance(0.5) ? 0 : random.Below(1440)),
            FacilityId = random.Chance(0.5) ? life.FacilityId : null,
            Lines = lines,
            ServiceDate = life.ServiceDate,
            Seed = life.Seed,
        };
    }

    private static void Remember(ClaimLife life, SubmittedLine line, decimal payment, string? code)
    {
        life.Paid[line.Id] = life.PaidOn(line.Id) + payment;
        if (code is not null)
            life.DeniedIds.Add(line.Id);
        else
            life.DeniedIds.Remove(line.Id);
    }
}
