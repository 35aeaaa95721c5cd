namespace Claims.Ingestion.EClaimLink;

/// <summary>By which element SetTransactionDownloaded names the file. Clients of the real service disagree, and the service ignores the one it does not know.</summary>
public enum FileIdElement
{
    /// <summary>Both elements, with the same value.</summary>
    Both,

    /// <summary>The element <c>fieldId</c>.</summary>
    FieldId,

    /// <summary>The element <c>fileId</c>.</summary>
    FileId,
}
