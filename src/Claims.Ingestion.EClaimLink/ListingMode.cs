namespace Claims.Ingestion.EClaimLink;

/// <summary>How the gateway is asked for a facility's files.</summary>
public enum ListingMode
{
    /// <summary>GetNewTransactions at every poll, and a search over the look-back at the first poll of a process and after an outage.</summary>
    Both,

    /// <summary>GetNewTransactions only.</summary>
    NewTransactions,

    /// <summary>SearchTransactions over the look-back at every poll.</summary>
    Search,
}
