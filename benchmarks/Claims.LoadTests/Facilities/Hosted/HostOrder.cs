namespace Claims.LoadTests.Facilities.Hosted;

/// <summary>What the load test asks the host for.</summary>
internal enum HostOrder
{
    /// <summary>Make ready what is measured, and poll nothing afterwards.</summary>
    Prepare,

    /// <summary>Poll by the schedule.</summary>
    Resume,

    /// <summary>Begin no poll any more, and end what is under way.</summary>
    Drain,

    /// <summary>Poll what was delivered and not fetched yet.</summary>
    Finish,

    /// <summary>Measure from now on.</summary>
    OpenWindow,

    /// <summary>Tell what was measured since then.</summary>
    CloseWindow,
}
