namespace FacilityGateway.Truth;

internal static class LocalTime
{
    /// <summary>The files carry no time zone; they mean Dubai, which has no summer time.</summary>
    public static DateTimeOffset At(DateTime local) => new(local, TimeSpan.FromHours(4));

    public static DateTimeOffset? At(DateTime? local) => local is { } time ? At(time) : null;
}
