namespace Claims.Ingestion.Tests.Reading;

/// <summary>Writes synthetic claim files. Every part can be replaced by a test.</summary>
internal static class ClaimXml
{
    public const string Activity = "<Activity><ID>A1</ID><Start>14/02/2025 07:05</Start><Type>3</Type><Code>99213</Code><Quantity>1</Quantity><Net>90.5</Net><Clinician>DHA-P-0000001</Clinician></Activity>";

    public const string RemittedActivity = "<Activity><ID>A1</ID><Start>14/02/2025 07:05</Start><Type>3</Type><Code>99213</Code><Quantity>1</Quantity><Net>90.5</Net><Clinician>DHA-P-0000001</Clinician><PaymentAmount>80</PaymentAmount></Activity>";

    public static string Header(string count = "1", string flag = "PRODUCTION", string date = "15/02/2025 10:30", string sender = "DHA-F-0000001", string receiver = "INS001") =>
        $"<Header><SenderID>{sender}</SenderID><ReceiverID>{receiver}</ReceiverID><TransactionDate>{date}</TransactionDate><RecordCount>{count}</RecordCount><DispositionFlag>{flag}</DispositionFlag></Header>";

    public static string Claim(string id = "C1", string content = Activity, string net = "<Net>90.5</Net>") =>
        $"<Claim><ID>{id}</ID><PayerID>INS001</PayerID><ProviderID>DHA-F-0000001</ProviderID><EmiratesIDNumber>000-0000-0000000-0</EmiratesIDNumber><Gross>100</Gross><PatientShare>9.50</PatientShare>{net}{content}</Claim>";

    public static string RemittedClaim(string id = "C1", string content = RemittedActivity, string provider = "<ProviderID>DHA-F-0000001</ProviderID>") =>
        $"<Claim><ID>{id}</ID><IDPayer>P1</IDPayer>{provider}<PaymentReference>PAY1</PaymentReference>{content}</Claim>";

    public static string Submission(params string[] claims) => Root("Claim.Submission", Header(count: $"{claims.Length}") + string.Concat(claims));

    public static string Remittance(params string[] claims) => Root("Remittance.Advice", Header(count: $"{claims.Length}") + string.Concat(claims));

    public static string Root(string name, string content) => $"<{name}>{content}</{name}>";
}
