using Claims.Ingestion.Pipeline;

namespace Claims.Ingestion.Tests.Pipeline;

public sealed class FairQueueTests
{
    private readonly FairQueue<string> _queue = new(new FairClock());

    [Fact]
    public void TryDequeue_OneFacility_IsFirstComeFirstServed()
    {
        foreach (string item in new[] { "a1", "a2", "a3" }) _queue.Enqueue("a", 100, item);

        Assert.Equal(["a1", "a2", "a3"], Drain());
    }

    [Fact]
    public void TryDequeue_EqualTags_ComeInTurns()
    {
        for (int i = 1; i <= 3; i++) _queue.Enqueue("a", 1, $"a{i}");
        for (int i = 1; i <= 3; i++) _queue.Enqueue("b", 1, $"b{i}");

        Assert.Equal(["a1", "b1", "a2", "b2", "a3", "b3"], Drain());
    }

    [Fact]
    public void TryDequeue_HugeItem_IsPaidForByItsFacility()
    {
        _queue.Enqueue("a", 3, "huge");
        _queue.Enqueue("a", 1, "a2");
        for (int i = 1; i <= 4; i++) _queue.Enqueue("b", 1, $"b{i}");

        Assert.Equal(["huge", "b1", "b2", "b3", "a2", "b4"], Drain());
    }

    [Fact]
    public void TryDequeue_TookAllWhileNobodyWaited_IsNotPunished()
    {
        _queue.Enqueue("a", 1_000_000, "huge");
        Assert.Equal(["huge"], Drain());

        _queue.Enqueue("a", 1, "a1");
        _queue.Enqueue("b", 1, "b1");

        Assert.Equal(["a1", "b1"], Drain());
    }

    [Fact]
    public void Remove_Waiting_KeepsTheOrderOfTheRest()
    {
        _queue.Enqueue("a", 2, "a1");
        FairQueue<string>.Ticket removed = _queue.Enqueue("a", 2, "a2");
        _queue.Enqueue("a", 2, "a3");
        for (int i = 1; i <= 3; i++) _queue.Enqueue("b", 2, $"b{i}");

        Assert.True(_queue.Remove(removed));
        Assert.False(_queue.Remove(removed) || _queue.Take(removed));

        Assert.Equal(5, _queue.Count);
        Assert.Equal(["a1", "b1", "b2", "a3", "b3"], Drain());
    }

    [Fact]
    public void Remove_LastOfItsFacility_IsNotCharged()
    {
        _queue.Enqueue("b", 1, "b1");
        _queue.Enqueue("b", 1, "b2");
        _queue.Enqueue("b", 1, "b3");
        _queue.Remove(_queue.Enqueue("a", 1_000_000, "huge"));
        Assert.True(_queue.TryDequeue(out _));

        _queue.Enqueue("a", 1, "a1");

        Assert.Equal(["a1", "b2", "b3"], Drain());
    }

    [Fact]
    public void Correct_ServedCostMore_OthersGoFirst()
    {
        for (int i = 1; i <= 4; i++) _queue.Enqueue("b", 1, $"b{i}");
        _queue.Enqueue("a", 1, "a1");
        Assert.Equal(["b1", "a1"], [Dequeue(), Dequeue()]);

        _queue.Clock.Correct("a", 2);
        _queue.Enqueue("a", 1, "a2");

        Assert.Equal(["b2", "b3", "b4", "a2"], Drain());
    }

    [Fact]
    public void Correct_ServedCostLess_GoesSooner()
    {
        for (int i = 1; i <= 4; i++) _queue.Enqueue("b", 1, $"b{i}");
        _queue.Enqueue("a", 100, "a1");
        Assert.Equal(["b1", "a1"], [Dequeue(), Dequeue()]);

        _queue.Clock.Correct("a", -99);
        _queue.Enqueue("a", 1, "a2");

        Assert.Equal(["b2", "a2", "b3", "b4"], Drain());
    }

    [Fact]
    public void Correct_NobodyWaitsOrBehindTheOthers_RemembersNothing()
    {
        _queue.Clock.Correct("a", 5);
        _queue.Enqueue("b", 1, "b1");
        _queue.Clock.Correct("a", -5);

        Assert.Equal(1, _queue.Clock.Facilities);
    }

    [Fact]
    public void Enqueue_CostsNothing_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => _queue.Enqueue("a", 0, "a1"));

    [Fact]
    public void Enqueue_EachFacilityComesOnce_RemembersFewAndNobodyWaitsForEver()
    {
        _queue.Enqueue("a", 50, "a1");
        _queue.Enqueue("a", 1, "a2");
        bool isServed = false;

        for (int i = 0; i < 100_000; i++)
        {
            _queue.Enqueue($"once-{i}", 1, "other");
            isServed |= Dequeue() == "a2";
            Assert.InRange(_queue.Clock.Facilities, 1, FairClock.MaxIdle + 2);
        }

        Assert.True(isServed);
    }

    [Fact]
    public void TryDequeue_QueuesWithOneClock_ShareTheirTags()
    {
        var other = new FairQueue<string>(_queue.Clock);
        _queue.Enqueue("a", 10, "small a");
        FairQueue<string>.Ticket large = other.Enqueue("a", 10, "large a");
        _queue.Enqueue("b", 20, "small b");

        Assert.Equal((0, 10), (_queue.Peek()!.Turn.Start, large.Turn.Start));
        Drain();
        Assert.Same(large, other.Peek());
        Assert.True(other.TryDequeue(out _));
        Assert.False(other.TryDequeue(out _));
        Assert.Equal(0, _queue.Clock.Facilities);
    }

    private string? Dequeue() => _queue.TryDequeue(out string? item) ? item : null;

    private List<string> Drain()
    {
        var items = new List<string>();
        while (_queue.TryDequeue(out string? item)) items.Add(item);
        return items;
    }
}
