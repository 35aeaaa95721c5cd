namespace Claims.Ingestion.Dashboard.Live;

/// <summary>The samples of the last minutes. Not for use by several threads at once.</summary>
internal sealed class SampleRing(int capacity)
{
    private readonly Sample[] _samples = new Sample[capacity];
    private int _next;

    public int Count { get; private set; }

    public void Add(Sample sample)
    {
        _samples[_next] = sample;
        _next = (_next + 1) % capacity;
        Count = Math.Min(Count + 1, capacity);
    }

    /// <summary>The samples, the oldest first.</summary>
    public Sample[] ToArray()
    {
        var samples = new Sample[Count];
        int first = (_next - Count + capacity) % capacity;
        for (int i = 0; i < Count; i++) samples[i] = _samples[(first + i) % capacity];
        return samples;
    }
}
