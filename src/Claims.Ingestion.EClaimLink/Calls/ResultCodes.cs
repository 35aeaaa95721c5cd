namespace Claims.Ingestion.EClaimLink.Calls;

/// <summary>The result codes of the gateway. Only the code decides; the service's texts are for people.</summary>
internal static class ResultCodes
{
    public static ResultKind KindOf(int code) => code switch
    {
        2 => ResultKind.Nothing,
        >= 0 => ResultKind.Done,
        -1 or -2 => ResultKind.Refused,
        -3 or -10 => ResultKind.ProgramError,
        -4 => ResultKind.Transient,
        -5 => ResultKind.WindowTooLong,
        -6 => ResultKind.Gone,
        -7 => ResultKind.Unsupported,
        _ => ResultKind.Unknown,
    };

    /// <summary>Says what a failure means and what to do.</summary>
    public static string Describe(int code) => code switch
    {
        -1 => "the gateway refused the login (result -1)",
        -2 => "the gateway says that the account is disabled (result -2)",
        -3 => "the gateway says that a required input is empty or wrong (result -3); it is not tried again. Check the settings of Claims:EClaimLink, above all FileIdElement, and the facility's Endpoint",
        -4 => "the gateway had an unexpected error (result -4); if it lasts, ask its operator",
        -5 => "the gateway says that the time between the dates is too long (result -5); lower Claims:EClaimLink:MaxSearchWindow",
        -6 => "the gateway does not find the file (result -6)",
        -7 => "the gateway does not support this kind of transaction (result -7); it is not tried again. Check Claims:EClaimLink:Searches",
        -10 => "the gateway says that the search has no criteria (result -10); it is not tried again. Check Claims:EClaimLink:Searches",
        _ => $"the gateway answered with a result that is not known ({code}); ask its operator what it means",
    };
}
