namespace FacilityGateway.Gateway;

/// <summary>The numbers that the service gives to kinds of files and to directions.</summary>
internal static class TransactionType
{
    public const int All = -1;
    public const int Submission = 2;
    public const int PersonRegister = 4;
    public const int Remittance = 8;
    public const int PriorRequest = 16;
    public const int PriorAuthorization = 32;

    public const int Sent = 1;
    public const int Received = 2;

    public static bool IsSupported(int id) => id is All or Submission or PersonRegister or Remittance or PriorRequest or PriorAuthorization;

    /// <summary>Broken files have nothing but their name to tell.</summary>
    public static int OfName(string name) => name[..Math.Min(name.Length, 2)] switch
    {
        "RA" => Remittance,
        "PA" => PriorAuthorization,
        _ => Submission,
    };

    public static int DirectionOf(int id) => id is Submission ? Sent : Received;
}
