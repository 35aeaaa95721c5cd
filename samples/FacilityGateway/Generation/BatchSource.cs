namespace FacilityGateway.Generation;

/// <summary>Makes a batch when one of its files is asked for, and keeps it only as long as memory allows.</summary>
internal sealed class BatchSource(WorldOptions options, string facilityId, int facility, int batch)
{
    private readonly WeakReference<Batch> _made = new(null!);

    public string FacilityId => facilityId;

    public Batch Get()
    {
        if (_made.TryGetTarget(out var made))
            return made;

        made = new BatchMaker(options, facilityId, facility, batch).Make();
        _made.SetTarget(made);
        return made;
    }
}
