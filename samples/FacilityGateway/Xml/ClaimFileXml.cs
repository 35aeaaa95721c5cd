using FacilityGateway.Generation;

namespace FacilityGateway.Xml;

/// <summary>Writes a claim file.</summary>
internal static class ClaimFileXml
{
    public static void Write(Stream stream, ClaimFileModel model, Layout layout)
    {
        using var writer = new ElementWriter(stream, layout);
        writer.StartRoot(model.IsRemittance ? "Remittance.Advice" : "Claim.Submission");
        if (model.HeaderFault is not HeaderFault.NoHeader)
            WriteHeader(writer, model, model.ClaimElements + model.RecordCountError);

        foreach (var entry in model.Submissions)
            SubmissionXml.Write(writer, entry);

        foreach (var entry in model.Remittances)
            RemittanceXml.Write(writer, entry);

        writer.End();
    }

    public static void WriteHeader(ElementWriter writer, ClaimFileModel model, int recordCount)
    {
        writer.Start("Header");
        if (model.HeaderFault is not HeaderFault.NoSender)
            writer.Text("SenderID", model.SenderId);

        writer.Text("ReceiverID", model.ReceiverId);
        if (model.HeaderFault is not HeaderFault.NoDate)
            writer.Time("TransactionDate", model.TransactionDate);

        writer.Number("RecordCount", recordCount);
        writer.Text("DispositionFlag", model.IsTest ? "TEST" : "PRODUCTION");
        writer.End();
    }
}
