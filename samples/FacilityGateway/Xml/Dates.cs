namespace FacilityGateway.Xml;

internal static class Dates
{
    /// <summary>dd/MM/yyyy HH:mm.</summary>
    public static string Text(DateTime time) => $"{time.Day:00}/{time.Month:00}/{time.Year:0000} {time.Hour:00}:{time.Minute:00}";

    /// <summary>The same moment with hours and minutes of one digit where one is enough.</summary>
    public static string ShortText(DateTime time) => $"{time.Day:00}/{time.Month:00}/{time.Year:0000} {time.Hour}:{time.Minute}";

    public static string DayOnly(DateTime time) => $"{time.Day:00}/{time.Month:00}/{time.Year:0000}";
}
