using System.ComponentModel.DataAnnotations;

namespace ReferenceHost.Api.Reports;

/// <summary>How the report API answers.</summary>
internal sealed class ReportOptions
{
    public const string Section = "Reports";

    /// <summary>For how long a page is given again without asking the database whether a newer one is there. Callers with a consistency token, a tag, or <c>Cache-Control: no-cache</c> have it asked always.</summary>
    /// <value>The default is 10 seconds; from 0, which means to ask always, to 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan MaxAge { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>For how long beyond <see cref="MaxAge"/> a page is still given, while a newer one is read for whoever comes next (stale-while-revalidate, RFC 5861): those who ask do not wait for the database.</summary>
    /// <value>The default is 10 seconds; from 0, which means that they wait, to 1 minute.</value>
    [Range(typeof(TimeSpan), "00:00:00", "00:01:00")]
    public TimeSpan MaxStale { get; set; } = TimeSpan.FromSeconds(10);
}
