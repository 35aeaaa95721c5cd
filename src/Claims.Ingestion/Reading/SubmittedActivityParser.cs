namespace Claims.Ingestion.Reading;

/// <summary>Reads the activities of a submitted claim, with their observations.</summary>
internal sealed class SubmittedActivityParser(ElementReader xml)
{
    private const string ValuePath = "Observation/Value";

    private readonly TextCollector _value = new();

    /// <summary>Reads the present <c>Activity</c> element.</summary>
    /// <returns>The activity, or <see langword="null"/> after a fault.</returns>
    public SubmittedActivity? Read()
    {
        var line = xml.Line;
        string? id = null, type = null, code = null, clinician = null, authorization = null;
        DateTimeOffset? start = null;
        decimal? quantity = null, net = null;
        List<Observation>? observations = null;

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
                case "Clinician":
                    clinician = xml.Code("Activity/Clinician");
                    break;
                case "PriorAuthorizationID":
                    authorization = xml.Identifier("Activity/PriorAuthorizationID");
                    break;
                case "Observation":
                    if (ReadObservation() is { } observation)
                        (observations ??= []).Add(observation);
                    break;
            }
        }

        xml.Require(id is not null, line, "Activity/ID");
        xml.Require(start is not null, line, "Activity/Start");
        xml.Require(code is not null, line, "Activity/Code");
        xml.Require(quantity is not null, line, "Activity/Quantity");
        xml.Require(net is not null, line, "Activity/Net");
        if (xml.Fault is not null)
            return null;

        return new SubmittedActivity
        {
            Id = id!,
            Start = start!.Value,
            Type = type,
            Code = code!,
            Quantity = quantity!.Value,
            Net = net!.Value,
            Clinician = clinician,
            PriorAuthorizationId = authorization,
            Observations = observations ?? (IReadOnlyList<Observation>)[],
        };
    }

    private Observation? ReadObservation()
    {
        string? type = null, code = null, valueType = null;
        var valueLine = 0;

        var observation = xml.Enter();
        while (xml.Next(observation))
        {
            switch (xml.Name)
            {
                case "Type":
                    type = xml.Code("Observation/Type");
                    break;
                case "Code":
                    code = xml.Code("Observation/Code");
                    break;
                case "Value":
                    // The type may still follow: then the value is taken both ways.
                    valueLine = xml.Line;
                    xml.ReadValue(IsFile(type) ? null : _value, asFile: type is null || IsFile(type));
                    break;
                case "ValueType":
                    valueType = xml.Code("Observation/ValueType");
                    break;
            }
        }

        if (xml.Fault is not null)
            return null;

        string? value = null;
        byte[]? content = null;
        if (valueLine > 0 && IsFile(type))
            content = xml.TakeFile(ValuePath, valueLine);
        else if (valueLine > 0)
            value = TakeText(valueLine);

        return (type ?? code ?? value ?? valueType) is null
            ? null
            : new Observation { Type = type, Code = code, Value = value, ValueType = valueType, Content = content };
    }

    private string? TakeText(int line)
    {
        if (_value.TooLong)
            xml.FailTooLong(line, ClaimFault.TextLength, ValuePath, xml.MaxTextLength);

        if (_value.HoldsForbidden)
            xml.FailForbidden(line, ValuePath);

        var text = _value.Take();
        return text.IsEmpty ? null : xml.Keep(text);
    }

    private static bool IsFile(string? type) => string.Equals(type, "File", StringComparison.OrdinalIgnoreCase);
}
