using FacilityGateway.Generation;
using FacilityGateway.Histories;

namespace FacilityGateway.Xml;

/// <summary>Writes a <c>Claim</c> of a submission; what the model leaves open is drawn from the claim's seed.</summary>
internal static class SubmissionXml
{
    private static readonly string[] s_packages = ["GOLD", "SILVER", "BASIC-NW3", ""];
    private static readonly string[] s_badAmounts = ["12.5x", "NaN", "1,234.50", "INF", ""];
    private static readonly string[] s_comments = ["Please look again.", "", "Corrected codes, see attachment.", "\u0646\u0631\u062c\u0648 \u0627\u0644\u0645\u0631\u0627\u062c\u0639\u0629"];

    public static void Write(ElementWriter writer, SubmissionEntry entry)
    {
        var claim = entry.Claim;
        var patient = Randomness.For(claim.Seed);
        var random = Randomness.For(claim.Seed, (ulong)claim.Number);
        var encounterType = patient.Pick<int>([1, 1, 1, 1, 1, 1, 2, 2, 3, 4, 5, 12]);
        writer.Start("Claim");
        if (entry.Fault is not ClaimFault.MissingId)
            writer.Text("ID", claim.ClaimId);

        if (patient.Chance(0.7))
            writer.Text("IDPayer", claim.Number == 0 ? "" : $"P{patient.Digits(12)}");

        if (patient.Chance(0.9))
            writer.Text("MemberID", $"M{patient.Digits(11)}");

        if (entry.Fault is not ClaimFault.MissingPayer)
            writer.Text("PayerID", claim.PayerId);

        if (entry.Fault is not ClaimFault.MissingProvider)
            writer.Text("ProviderID", claim.ProviderId);

        // Only the placeholders, so that no number can be a person's.
        writer.Text("EmiratesIDNumber", patient.Pick<string>(["000-0000-0000000-0", "111-1111-1111111-1", "222-2222-2222222-2", "999-9999-9999999-9"]));
        var share = patient.Chance(0.6) ? 0 : patient.Between(1, 50);
        writer.Amount("Gross", claim.Net + share, random);
        writer.Number("PatientShare", share);
        if (entry.Fault is ClaimFault.UnreadableAmount)
            writer.Text("Net", random.Pick(s_badAmounts));
        else
            writer.Amount("Net", claim.Net, random);

        WriteEncounter(writer, claim, encounterType, patient);
        WriteDiagnoses(writer, encounterType, patient);
        if (entry.Fault is not ClaimFault.NoActivity)
        {
            foreach (var line in claim.Lines)
                WriteLine(writer, claim, line, entry.Fault, random);
        }

        WriteResubmission(writer, claim, random);
        if (patient.Chance(0.15))
        {
            writer.Start("Contract");
            writer.Text("PackageName", patient.Pick(s_packages));
            writer.End();
        }

        writer.End();
    }

    private static void WriteEncounter(ElementWriter writer, ClaimVersion claim, int type, Randomness patient)
    {
        if (claim.EncounterStart is not { } start)
        {
            if (patient.Chance(0.5))
                writer.Text("Encounter", "");

            return;
        }

        writer.Start("Encounter");
        writer.Text("FacilityID", claim.FacilityId!);
        writer.Number("Type", type);
        writer.Text("PatientID", $"MRN{patient.Digits(8)}");
        if (start.TimeOfDay == TimeSpan.Zero && patient.Chance(0.5))
            writer.Text("Start", Dates.DayOnly(start));
        else
            writer.Time("Start", start);

        if (type > 1)
        {
            writer.Time("End", start.AddMinutes(patient.Between(20, type is 3 or 4 ? 9000 : 600)));
            writer.Number("StartType", patient.Between(1, 2));
            writer.Number("EndType", 1);
        }

        writer.End();
    }

    private static void WriteDiagnoses(ElementWriter writer, int encounterType, Randomness patient)
    {
        var count = patient.Between(1, 3);
        for (var index = 0; index < count; index++)
        {
            writer.Start("Diagnosis");
            writer.Text("Type", index == 0 ? "Principal" : patient.Chance(0.1) ? "Admitting" : "Secondary");
            writer.Text("Code", $"{(char)('A' + patient.Below(26))}{patient.Digits(2)}.{patient.Below(10)}");
            if (encounterType is 3 or 4 or 5)
            {
                writer.Start("DxInfo");
                writer.Text("Type", "POA");
                writer.Text("Code", patient.Pick<string>(["Y", "N", "U", "W", "1", "OP"]));
                writer.End();
            }

            writer.End();
        }
    }

    private static void WriteLine(ElementWriter writer, ClaimVersion claim, SubmittedLine line, ClaimFault fault, Randomness random)
    {
        var detail = LineDetail.For(claim.Seed, claim.ServiceDate, line.Id);
        writer.Start("Activity");
        writer.Text("ID", line.Id);
        if (fault is ClaimFault.UnreadableDate)
            writer.Text("Start", "31/02/2024 10:00");
        else
            writer.Time("Start", detail.Start);

        writer.Number("Type", detail.Type);
        writer.Text("Code", detail.Code);
        writer.Text("Quantity", detail.Quantity);
        writer.Amount("Net", line.Net, random);
        writer.Text("Clinician", detail.Clinician);
        if (random.Chance(0.5))
            writer.Text("PriorAuthorizationID", random.Chance(0.5) ? "" : $"AUTH{random.Digits(9)}");

        WriteObservations(writer, detail.Type, random);
        writer.End();
    }

    private static void WriteObservations(ElementWriter writer, int activityType, Randomness random)
    {
        if (activityType == 9)
            WriteObservation(writer, "ROM", "ROMCode", random.Digits(1), "RiskOfMortality");

        var dice = random.Below(100);
        if (dice < 20)
            WriteObservation(writer, "LOINC", $"{random.Digits(4)}-{random.Digits(1)}", $"{random.Between(10, 200)}", "mg/dL");
        else if (dice < 27)
            WriteObservation(writer, "Text", "Presenting-Complaint", random.Pick<string>(["Cough & fever", "Pain < 3 days", "\u0623\u0644\u0645"]), "Text");
        else if (dice < 29)
            WriteObservation(writer, "Result", "Result", random.Digits(3), Dates.Text(new DateTime(2023, 1, 1).AddMinutes(random.Below(400_000))));
        else if (dice < 30)
            writer.Text("Observation", "");
        else if (dice < 31)
            WriteObservation(writer, "File", "PDF", Convert.ToBase64String(Noise(random)), "PDF");
    }

    private static void WriteObservation(ElementWriter writer, string type, string code, string value, string valueType)
    {
        writer.Start("Observation");
        writer.Text("Type", type);
        writer.Text("Code", code);
        writer.Text("Value", value);
        writer.Text("ValueType", valueType);
        writer.End();
    }

    private static void WriteResubmission(ElementWriter writer, ClaimVersion claim, Randomness random)
    {
        if (claim.Resubmission is { } type)
        {
            writer.Start("Resubmission");
            writer.Text("Type", type);
            writer.Text("Comment", random.Pick(s_comments));
            if (random.Chance(0.1))
                writer.Base64("Attachment", Noise(random));

            writer.End();
        }
        else if (random.Chance(0.005))
        {
            writer.Text("Resubmission", "");
        }
    }

    private static byte[] Noise(Randomness random)
    {
        var bytes = new byte[random.Between(30, 300)];
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)random.Next();

        return bytes;
    }
}
