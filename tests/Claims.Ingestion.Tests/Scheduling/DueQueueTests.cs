using Claims.Ingestion.Facilities;
using Claims.Ingestion.Scheduling;
using CsCheck;

namespace Claims.Ingestion.Tests.Scheduling;

public sealed class DueQueueTests
{
    [Fact]
    public void TakeStartable_AnyCrowd_KeepsBothLimitsAndStarvesNobody() =>
        Gen.Select(Gen.Int[1, 8], Gen.Int[1, 8], Gen.Int[1, 60], Gen.Int[1, 5], Gen.Int[0, int.MaxValue]).Sample((places, perGateway, count, gateways, seed) =>
        {
            var random = new Random(seed);
            var queue = new DueQueue(places, perGateway);
            var running = new List<PollRequest>();
            int served = 0;
            for (int i = 0; i < count; i++) queue.Add(Request(i, i % gateways, rank: random.Next(100)));
            for (int round = 0; round < 10 * count && served < count; round++)
            {
                List<PollRequest> taken = queue.TakeStartable();
                running.AddRange(taken);
                bool isFull = running.Count == places || queue.Count == 0;
                bool isBlocked = running.GroupBy(r => r.Gateway).Count(g => g.Count() == perGateway) > 0;
                if (running.Count > places || running.GroupBy(r => r.Gateway).Any(g => g.Count() > perGateway) || !(isFull || isBlocked)) return false;
                PollRequest done = running[random.Next(running.Count)];
                running.Remove(done);
                queue.Free(done);
                served++;
            }

            return served == count && queue.Count == 0;
        });

    [Fact]
    public void TakeStartable_Order_IsLeastRecentlyServedFirst()
    {
        var queue = new DueQueue(2, 9);
        queue.Add(Request(1, 0, rank: 30));
        queue.Add(Request(2, 0, rank: 10));
        queue.Add(Request(3, 0, rank: 20));

        Assert.Equal(["F-2", "F-3"], queue.TakeStartable().Select(r => r.Facility.Id));
    }

    [Fact]
    public void TakeStartable_GatewayIsFull_OthersAreServed()
    {
        var queue = new DueQueue(5, 1);
        for (int i = 0; i < 4; i++) queue.Add(Request(i, i / 3, rank: i));

        Assert.Equal(["F-0", "F-3"], queue.TakeStartable().Select(r => r.Facility.Id));
        Assert.Equal(2, queue.Count);
    }

    [Fact]
    public void TakeStartable_Folders_HaveNoGateway()
    {
        var queue = new DueQueue(5, 1);
        for (int i = 0; i < 4; i++) queue.Add(new PollRequest(new FacilityEntry(new Facility($"F-{i}", "directory", "/srv/inbox")), default, PollKind.Scheduled, default) { Number = i });

        Assert.Equal(4, queue.TakeStartable().Count);
    }

    private static PollRequest Request(int number, int gateway, long rank) =>
        new(new FacilityEntry(new Facility($"F-{number}", "fake", $"https://gateway-{gateway}.example/service")), default, PollKind.Scheduled, default) { Rank = rank, Number = number };
}
