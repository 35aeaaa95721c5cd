namespace FacilityGateway.Generation;

/// <summary>Names as senders choose them. The ending tells how the content is packed.</summary>
internal static class FileNames
{
    public static string For(WorldOptions options, int facility, string facilityId, int number, bool isRemittance)
    {
        var dice = Randomness.For((ulong)options.Seed, (ulong)facility, (ulong)number, 'n').Below(100);
        var ending = dice < 80 ? ".xml" : dice < 90 ? ".XML" : dice < 95 ? ".zip" : ".xml.gz";
        return Named(isRemittance ? "RA" : "CS", facilityId, number, ending);
    }

    public static string Named(string kind, string facilityId, int number, string ending = ".xml") => $"{kind}_{facilityId}_{number + 1:0000}{ending}";
}
