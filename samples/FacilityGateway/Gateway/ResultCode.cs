namespace FacilityGateway.Gateway;

/// <summary>What the service answers with.</summary>
internal static class ResultCode
{
    public const int Done = 0;
    public const int NothingNew = 2;
    public const int LoginFailed = -1;
    public const int InputMissing = -3;
    public const int Unexpected = -4;
    public const int WindowTooLong = -5;
    public const int FileNotFound = -6;
    public const int TypeNotSupported = -7;
    public const int NoCriteria = -10;

    public static string TextOf(int code) => code switch
    {
        Done => "Operation is successful",
        NothingNew => "No new transactions are available for download.",
        LoginFailed => "Login failed for the user.",
        InputMissing => "A required input is empty or not valid.",
        WindowTooLong => "The date range is too long.",
        FileNotFound => "The file was not found.",
        TypeNotSupported => "The transaction type is not supported.",
        NoCriteria => "No search criteria were given.",
        _ => "Unexpected error.",
    };
}
