namespace Claims.Ingestion.Reading;

/// <summary>The two kinds of claim file.</summary>
public enum ClaimFileKind
{
    /// <summary>Claims sent to a payer.</summary>
    Submission,

    /// <summary>The payer's answer, with payments and denials.</summary>
    Remittance,
}
