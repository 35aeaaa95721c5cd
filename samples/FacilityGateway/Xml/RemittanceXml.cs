using FacilityGateway.Generation;
using FacilityGateway.Histories;

namespace FacilityGateway.Xml;

/// <summary>Writes a <c>Claim</c> of a remittance; what the model leaves open is drawn from the claim's seed.</summary>
internal static class RemittanceXml
{
    private static readonly string[] s_badAmounts = ["12.5x", "NaN", "1,234.50", "INF", ""];
    private static readonly string[] s_comments = ["", "\n", "Settled as agreed.", "See circular 7 & annex.", "\u062a\u0645\u062a \u0627\u0644\u062a\u0633\u0648\u064a\u0629"];

    public static void Write(ElementWriter writer, RemittanceEntry entry)
    {
        var block = entry.Block;
        var random = Randomness.For(block.Seed, Randomness.HashOf(block.PaymentReference ?? ""), Randomness.HashOf(block.IdPayer ?? ""));
        writer.Start("Claim");
        if (entry.Fault is not ClaimFault.MissingId)
            writer.Text("ID", block.ClaimId);

        writer.Text("IDPayer", block.IdPayer ?? "");

        // Where it is missing, the receiver of the file is meant, and that is the facility.
        if (!block.ProviderId.StartsWith("DHA-F-", StringComparison.Ordinal) || random.Chance(0.8))
            writer.Text("ProviderID", block.ProviderId);

        if (block.DenialCode is { } denial)
            writer.Text("DenialCode", denial);

        writer.Text("PaymentReference", block.PaymentReference ?? "");
        if (entry.Fault is ClaimFault.UnreadableDate)
            writer.Text("DateSettlement", "31/02/2024 10:00");
        else if (block.DateSettlement is { } settled)
            writer.Time("DateSettlement", settled);

        if (random.Chance(0.8))
            writer.Text("Comments", random.Pick(s_comments));

        if (block.FacilityId is { } facility)
        {
            writer.Start("Encounter");
            writer.Text("FacilityID", facility);
            writer.End();
        }
        else if (random.Chance(0.1))
        {
            writer.Text("Encounter", "");
        }

        if (entry.Fault is not ClaimFault.NoActivity)
        {
            foreach (var line in block.Lines)
                WriteLine(writer, block, line, entry.Fault, random);
        }

        writer.End();
    }

    private static void WriteLine(ElementWriter writer, RemittanceBlock block, RemittedLine line, ClaimFault fault, Randomness random)
    {
        var detail = LineDetail.For(block.Seed, block.ServiceDate, line.Id);
        writer.Start("Activity");
        writer.Text("ID", line.Id);
        writer.Time("Start", detail.Start);
        writer.Number("Type", detail.Type);
        writer.Text("Code", detail.Code);
        writer.Text("Quantity", detail.Quantity);
        writer.Amount("Net", line.Net, random);
        if (random.Chance(0.5))
            writer.Amount("List", line.Net + 10, random);

        writer.Text("Clinician", detail.Clinician);
        if (random.Chance(0.4))
            writer.Text("PriorAuthorizationID", "");

        if (line.DenialCode is null && random.Chance(0.7))
        {
            writer.Amount("Gross", line.Net, random);
            writer.Text("PatientShare", "0");
        }

        if (fault is ClaimFault.UnreadableAmount)
            writer.Text("PaymentAmount", random.Pick(s_badAmounts));
        else
            writer.Amount("PaymentAmount", line.Payment, random);

        if (line.DenialCode is { } code)
            writer.Text("DenialCode", code);

        writer.End();
    }
}
