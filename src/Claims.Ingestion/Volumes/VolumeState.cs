namespace Claims.Ingestion.Volumes;

/// <summary>How a facility's volume compares with what is usual for it.</summary>
public enum VolumeState
{
    /// <summary>Too little was seen of it to tell.</summary>
    Learning,

    /// <summary>Nothing stands out.</summary>
    Usual,

    /// <summary>It brought no file where it usually would have.</summary>
    Silent,

    /// <summary>It brought many times its usual claims.</summary>
    Surging,
}
