namespace Claims.Ingestion.Reading;

/// <summary>Reads the claims of a submission, in whatever order their elements are.</summary>
internal sealed class SubmissionParser(ElementReader xml)
{
    private readonly SubmittedActivityParser _activities = new(xml);

    /// <summary>Reads the present <c>Claim</c> element.</summary>
    /// <returns>The claim, or <see langword="null"/> with the error that left it out.</returns>
    public SubmittedClaim? Read(int position, out ClaimError? error)
    {
        xml.Begin(position);
        var line = xml.Line;
        string? id = null, idPayer = null, memberId = null, payerId = null, providerId = null, emiratesId = null, packageName = null;
        decimal? gross = null, patientShare = null, net = null;
        Encounter? encounter = null;
        Resubmission? resubmission = null;
        var diagnoses = new List<Diagnosis>();
        var activities = new List<SubmittedActivity>();

        var claim = xml.Enter();
        while (xml.Next(claim))
        {
            switch (xml.Name)
            {
                case "ID":
                    id = xml.Identifier("Claim/ID");
                    break;
                case "IDPayer":
                    idPayer = xml.Identifier("Claim/IDPayer");
                    break;
                case "MemberID":
                    memberId = xml.Identifier("Claim/MemberID");
                    break;
                case "PayerID":
                    payerId = xml.Code("Claim/PayerID");
                    break;
                case "ProviderID":
                    providerId = xml.Code("Claim/ProviderID");
                    break;
                case "EmiratesIDNumber":
                    emiratesId = xml.Identifier("Claim/EmiratesIDNumber");
                    break;
                case "Gross":
                    gross = xml.Amount("Claim/Gross");
                    break;
                case "PatientShare":
                    patientShare = xml.Amount("Claim/PatientShare");
                    break;
                case "Net":
                    net = xml.Amount("Claim/Net");
                    break;
                case "Encounter":
                    encounter = ReadEncounter() ?? encounter;
                    break;
                case "Diagnosis":
                    if (ReadDiagnosis() is { } diagnosis)
                        diagnoses.Add(diagnosis);
                    break;
                case "Activity":
                    if (_activities.Read() is { } activity)
                        activities.Add(activity);
                    break;
                case "Resubmission":
                    resubmission = ReadResubmission() ?? resubmission;
                    break;
                case "Contract":
                    packageName = ReadContract() ?? packageName;
                    break;
            }
        }

        if (xml.Fault is not null)
            id = xml.PassOver(claim, id);

        xml.Require(id is not null, line, "Claim/ID");
        xml.Require(payerId is not null, line, "Claim/PayerID");
        xml.Require(providerId is not null, line, "Claim/ProviderID");
        xml.Require(gross is not null, line, "Claim/Gross");
        xml.Require(patientShare is not null, line, "Claim/PatientShare");
        xml.Require(net is not null, line, "Claim/Net");
        xml.Require(activities.Count > 0, line, "Claim/Activity");
        if (xml.Fault is { } fault)
        {
            error = new ClaimError(position, id, fault.Line, fault.Rule, fault.Reason);
            return null;
        }

        error = null;
        return new SubmittedClaim
        {
            Position = position,
            Line = line,
            Id = id!,
            IdPayer = idPayer,
            MemberId = memberId,
            PayerId = payerId!,
            ProviderId = providerId!,
            EmiratesId = emiratesId,
            Gross = gross!.Value,
            PatientShare = patientShare!.Value,
            Net = net!.Value,
            Encounter = encounter,
            Diagnoses = diagnoses,
            Activities = activities,
            Resubmission = resubmission,
            PackageName = packageName,
        };
    }

    private Encounter? ReadEncounter()
    {
        string? facilityId = null, type = null, patientId = null, startType = null, endType = null, source = null, destination = null;
        DateTimeOffset? start = null, end = null;

        var encounter = xml.Enter();
        while (xml.Next(encounter))
        {
            switch (xml.Name)
            {
                case "FacilityID":
                    facilityId = xml.Code("Encounter/FacilityID");
                    break;
                case "Type":
                    type = xml.Code("Encounter/Type");
                    break;
                case "PatientID":
                    patientId = xml.Identifier("Encounter/PatientID");
                    break;
                case "Start":
                    start = xml.Date("Encounter/Start");
                    break;
                case "End":
                    end = xml.Date("Encounter/End");
                    break;
                case "StartType":
                    startType = xml.Code("Encounter/StartType");
                    break;
                case "EndType":
                    endType = xml.Code("Encounter/EndType");
                    break;
                case "TransferSource":
                    source = xml.Text("Encounter/TransferSource");
                    break;
                case "TransferDestination":
                    destination = xml.Text("Encounter/TransferDestination");
                    break;
            }
        }

        if ((facilityId ?? type ?? patientId ?? startType ?? endType ?? source ?? destination) is null && start is null && end is null)
            return null;

        return new Encounter
        {
            FacilityId = facilityId,
            Type = type,
            PatientId = patientId,
            Start = start,
            End = end,
            StartType = startType,
            EndType = endType,
            TransferSource = source,
            TransferDestination = destination,
        };
    }

    private Diagnosis? ReadDiagnosis()
    {
        string? type = null, code = null;

        var diagnosis = xml.Enter();
        while (xml.Next(diagnosis))
        {
            switch (xml.Name)
            {
                case "Type":
                    type = xml.Code("Diagnosis/Type");
                    break;
                case "Code":
                    code = xml.Code("Diagnosis/Code");
                    break;
            }
        }

        return (type ?? code) is null ? null : new Diagnosis { Type = type, Code = code };
    }

    private Resubmission? ReadResubmission()
    {
        string? type = null, comment = null;
        byte[]? attachment = null;

        var resubmission = xml.Enter();
        while (xml.Next(resubmission))
        {
            switch (xml.Name)
            {
                case "Type":
                    type = xml.Code("Resubmission/Type");
                    break;
                case "Comment":
                    comment = xml.Text("Resubmission/Comment");
                    break;
                case "Attachment":
                    attachment = xml.Attachment("Resubmission/Attachment");
                    break;
            }
        }

        return (type ?? comment) is null && attachment is null
            ? null
            : new Resubmission { Type = type, Comment = comment, Attachment = attachment };
    }

    private string? ReadContract()
    {
        string? packageName = null;

        var contract = xml.Enter();
        while (xml.Next(contract))
        {
            if (xml.Name == "PackageName")
                packageName = xml.Text("Contract/PackageName");
        }

        return packageName;
    }
}
