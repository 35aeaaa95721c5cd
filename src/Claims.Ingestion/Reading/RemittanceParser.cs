namespace Claims.Ingestion.Reading;

/// <summary>Reads the claims of a remittance, in whatever order their elements are.</summary>
internal sealed class RemittanceParser(ElementReader xml)
{
    /// <summary>Reads the present <c>Claim</c> element.</summary>
    /// <returns>The claim, or <see langword="null"/> with the error that left it out.</returns>
    public RemittedClaim? Read(int position, string? receiverId, out ClaimError? error)
    {
        xml.Begin(position);
        var line = xml.Line;
        string? id = null, idPayer = null, providerId = null, denialCode = null, paymentReference = null, facilityId = null, comments = null;
        DateTimeOffset? settled = null;
        var activities = new List<RemittedActivity>();

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
                case "ProviderID":
                    providerId = xml.Code("Claim/ProviderID");
                    break;
                case "DenialCode":
                    denialCode = xml.Code("Claim/DenialCode");
                    break;
                case "PaymentReference":
                    paymentReference = xml.Code("Claim/PaymentReference");
                    break;
                case "DateSettlement":
                    settled = xml.Date("Claim/DateSettlement");
                    break;
                case "Encounter":
                    facilityId = ReadFacility() ?? facilityId;
                    break;
                case "Comments":
                    comments = xml.Text("Claim/Comments");
                    break;
                case "Activity":
                    if (ReadActivity() is { } activity)
                        activities.Add(activity);
                    break;
            }
        }

        if (xml.Fault is not null)
            id = xml.PassOver(claim, id);

        providerId ??= receiverId;
        xml.Require(id is not null, line, "Claim/ID");
        xml.Require(providerId is not null, line, "Claim/ProviderID");
        xml.Require(activities.Count > 0, line, "Claim/Activity");
        if (xml.Fault is { } fault)
        {
            error = new ClaimError(position, id, fault.Line, fault.Rule, fault.Reason);
            return null;
        }

        error = null;
        return new RemittedClaim
        {
            Position = position,
            Line = line,
            Id = id!,
            IdPayer = idPayer,
            ProviderId = providerId!,
            DenialCode = denialCode,
            PaymentReference = paymentReference,
            DateSettlement = settled,
            FacilityId = facilityId,
            Comments = comments,
            Activities = activities,
        };
    }

    private string? ReadFacility()
    {
        string? facilityId = null;

        var encounter = xml.Enter();
        while (xml.Next(encounter))
        {
            if (xml.Name == "FacilityID")
                facilityId = xml.Code("Encounter/FacilityID");
        }

        return facilityId;
    }

    private RemittedActivity? ReadActivity()
    {
        var line = xml.Line;
        string? id = null, type = null, code = null, clinician = null, authorization = null, denialCode = null;
        DateTimeOffset? start = null;
        decimal? quantity = null, net = null, list = null, gross = null, patientShare = null, payment = null;

        var activity = xml.Enter();
        while (xml.Next(activity))
        {
            switch (xml.Name)
            {
                case "ID":
                    id = xml.Identifier("Activity/ID");
                    break;
                case "Start":
                    start = xml.Date("Activity/Start");
                    break;
                case "Type":
                    type = xml.Code("Activity/Type");
                    break;
                case "Code":
                    code = xml.Code("Activity/Code");
                    break;
                case "Quantity":
                    quantity = xml.Amount("Activity/Quantity");
                    break;
                case "Net":
                    net = xml.Amount("Activity/Net");
                    break;
                case "List":
                    list = xml.Amount("Activity/List");
                    break;
                case "Clinician":
                    clinician = xml.Code("Activity/Clinician");
                    break;
                case "PriorAuthorizationID":
                    authorization = xml.Identifier("Activity/PriorAuthorizationID");
                    break;
                case "Gross":
                    gross = xml.Amount("Activity/Gross");
                    break;
                case "PatientShare":
                    patientShare = xml.Amount("Activity/PatientShare");
                    break;
                case "PaymentAmount":
                    payment = xml.Amount("Activity/PaymentAmount");
                    break;
                case "DenialCode":
                    denialCode = xml.Code("Activity/DenialCode");
                    break;
            }
        }

        xml.Require(id is not null, line, "Activity/ID");
        xml.Require(net is not null, line, "Activity/Net");
        xml.Require(payment is not null, line, "Activity/PaymentAmount");
        if (xml.Fault is not null)
            return null;

        return new RemittedActivity
        {
            Id = id!,
            Start = start,
            Type = type,
            Code = code,
            Quantity = quantity,
            Net = net!.Value,
            List = list,
            Clinician = clinician,
            PriorAuthorizationId = authorization,
            Gross = gross,
            PatientShare = patientShare,
            PaymentAmount = payment!.Value,
            DenialCode = denialCode,
        };
    }
}
