using System.Reflection;

namespace Claims.LoadTests.Peers;

/// <summary>Another way to write the same rows.</summary>
internal abstract class Peer
{
    public abstract string Name { get; }

    public abstract string Version { get; }

    /// <summary>Whether it writes a tenth of the claims only, because all of them would take minutes.</summary>
    public virtual bool IsSlow => false;

    /// <summary>Whether another process does most of the work, whose processor time is not known here.</summary>
    public virtual bool IsProgram => false;

    /// <summary>Reads the files and writes their rows, committed when the task ends.</summary>
    public abstract Task WriteAsync(SourceFiles files, CancellationToken cancellationToken);

    protected static string VersionOf(Type type) =>
        type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];
}
