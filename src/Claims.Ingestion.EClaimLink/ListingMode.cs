namespace Claims.Ingestion.EClaimLink;

/// <summary>How the gateway is asked for a facility's files.</summary>
public enum ListingMode
{
    /// <summary>GetNewTransactions and SearchTransactions at every poll: what one of them does not show, the other does.</summary>
    Both,

    /// <summary>GetNewTransactions only. It may leave out what the facility itself has sent.</summary>
    NewTransactions,

    /// <summary>SearchTransactions only.</summary>
    Search,
}
