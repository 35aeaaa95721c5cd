namespace Claims.Ingestion.Postgres.Local;

/// <summary>How a private PostgreSQL server is started.</summary>
public sealed class LocalPostgresOptions
{
    /// <summary>Gets or sets the folder that holds <c>initdb</c>, <c>postgres</c> and <c>pg_ctl</c>.</summary>
    /// <value>The default value is <see langword="null"/>: the newest version that <see cref="PostgresBinaries.FindAll"/> finds.</value>
    public string? BinDirectory { get; set; }

    /// <summary>Gets or sets a data directory that is kept between runs.</summary>
    /// <remarks>An empty or missing folder is initialised; one with a cluster in it is started as it is.</remarks>
    /// <value>The default value is <see langword="null"/>: a temporary folder that goes when the server is disposed.</value>
    public string? DataDirectory { get; set; }

    /// <summary>Gets or sets the TCP port on 127.0.0.1.</summary>
    /// <value>The default value is 0: a free port. Between 0 and 65535.</value>
    public int Port { get; set; }

    /// <summary>Gets the server settings, as in <c>postgresql.conf</c>; they win over the built-in ones.</summary>
    /// <value>The default value is empty. <c>port</c> is not allowed here: use <see cref="Port"/>.</value>
    public IDictionary<string, string> Settings { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets or sets how long the server may take until it accepts connections.</summary>
    /// <value>The default value is 30 seconds. Between 1 second and 1 hour.</value>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets how long the server may take to stop before it is stopped as by a crash.</summary>
    /// <value>The default value is 30 seconds. Between 1 second and 1 hour.</value>
    public TimeSpan StopTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets the clock that waits are measured with.</summary>
    /// <value>The default value is <see cref="TimeProvider.System"/>.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    internal LocalPostgresOptions Validated()
    {
        if (Port is < 0 or > 65535)
        {
            throw new ArgumentException($"{nameof(Port)} is {Port}; it must be between 0 and 65535.");
        }

        CheckTimeout(nameof(StartTimeout), StartTimeout);
        CheckTimeout(nameof(StopTimeout), StopTimeout);
        return this;
    }

    private static void CheckTimeout(string name, TimeSpan value)
    {
        if (value < TimeSpan.FromSeconds(1) || value > TimeSpan.FromHours(1))
        {
            throw new ArgumentException($"{name} is {value}; it must be between 00:00:01 and 01:00:00.");
        }
    }
}
