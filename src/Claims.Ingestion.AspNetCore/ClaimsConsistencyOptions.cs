namespace Claims.Ingestion.AspNetCore;

/// <summary>How the consistency token travels between requests.</summary>
public sealed class ClaimsConsistencyOptions
{
    /// <summary>The header of requests and responses.</summary>
    /// <value>The default is <c>Claims-Consistency</c>; <see langword="null"/>: none.</value>
    public string? HeaderName { get; set; } = "Claims-Consistency";

    /// <summary>The cookie.</summary>
    /// <value>The default is <c>claims-consistency</c>; <see langword="null"/>: none.</value>
    public string? CookieName { get; set; } = "claims-consistency";

    /// <summary>For how long a browser keeps the cookie. By then every replica that may serve must have what it stands for: make it longer than <c>Claims:Postgres:Routing:MaxLag</c>.</summary>
    /// <value>The default is 5 minutes; from 1 second to 1 day.</value>
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromMinutes(5);
}
