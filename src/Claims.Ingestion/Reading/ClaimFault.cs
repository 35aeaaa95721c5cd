namespace Claims.Ingestion.Reading;

/// <summary>What is wrong with a claim or a header: the first thing that was found.</summary>
internal sealed record ClaimFault(int Line, string Rule, string Reason)
{
    public const string Required = "required";
    public const string Amount = "amount";
    public const string Date = "date";
    public const string IdentifierLength = "identifier-length";
    public const string TextLength = "text-length";
    public const string Character = "character";
    public const string ClaimSize = "claim-size";
    public const string Store = "store";
}
