using Claims.Ingestion.Pipeline;
using CsCheck;

namespace Claims.Ingestion.Tests.Pipeline;

public sealed class FairQueuePropertyTests
{
    private const int MaxCost = 1000;

    /// <summary>In any span of time, what two busy facilities got differs by no more than a largest item of each.</summary>
    [Fact]
    public void BusyFacilities_ShareByCost() =>
        Gen.Select(Gen.Int[2, 6], Gen.Int[1, MaxCost].Array[50, 300]).Sample((facilities, costs) =>
        {
            var queue = new FairQueue<(int Facility, int Cost)>(new FairClock());
            var shares = new Shares(facilities);
            int next = 0;
            for (int facility = 0; facility < facilities; facility++) Add(facility, times: 2);
            for (int i = 0; i < costs.Length; i++)
            {
                Assert.True(queue.TryDequeue(out (int Facility, int Cost) served));
                shares.Serve(served.Facility, served.Cost);
                Add(served.Facility, times: 1);
            }

            shares.AssertFair();

            // The costs of a facility are of a size of its own, so that shares by count would show.
            void Add(int facility, int times)
            {
                for (int i = 0; i < times; i++)
                {
                    int cost = Math.Max(1, costs[next++ % costs.Length] >> (2 * facility));
                    shares.Offer(facility, cost);
                    queue.Enqueue($"{facility}", cost, (facility, cost));
                }
            }
        });

    [Fact]
    public void IdleFacilityComesBack_IsServedAtOnceAndNotMoreThanItsShare() =>
        Gen.Select(Gen.Int[1, MaxCost].Array[20, 200], Gen.Int[1, MaxCost].Array[20, 200], Gen.Int[0, 5], Gen.Int[1, 100]).Sample((flood, late, before, alone) =>
        {
            var queue = new FairQueue<(int Facility, int Cost)>(new FairClock());
            var shares = new Shares(2);
            foreach (int cost in late.Take(before)) Add(1, cost);
            foreach (int cost in flood) Add(0, cost);
            while (queue.Clock.Facilities > 1 || alone-- > 0) queue.TryDequeue(out _);
            if (queue.Count == 0) return;

            foreach (int cost in late) Add(1, cost);
            int[] waiting = [queue.Count - late.Length, late.Length];
            bool isFirst = true;
            while (waiting[0] > 0 && waiting[1] > 0)
            {
                Assert.True(queue.TryDequeue(out (int Facility, int Cost) served));
                Assert.False(isFirst && served.Facility == 0);
                isFirst = false;
                waiting[served.Facility]--;
                shares.Serve(served.Facility, served.Cost);
            }

            shares.AssertFair();

            void Add(int facility, int cost)
            {
                shares.Offer(facility, cost);
                queue.Enqueue($"{facility}", cost, (facility, cost));
            }
        });

    /// <summary>Each step adds an item of the facility (0, 1), serves one (2) or removes the n-th (3).</summary>
    [Fact]
    public void AnySequence_LosesNothingKeepsEachFacilitysOrderAndForgets() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 4], Gen.Int[1, MaxCost]).Array[1, 200].Sample(steps =>
        {
            var queue = new FairQueue<(int Facility, int Number)>(new FairClock());
            var waiting = new List<FairQueue<(int Facility, int Number)>.Ticket>();
            int number = 0;
            foreach ((int kind, int facility, int value) in steps)
            {
                if (kind <= 1)
                {
                    waiting.Add(queue.Enqueue($"{facility}", value, (facility, number++)));
                }
                else if (kind == 2)
                {
                    Serve();
                }
                else if (waiting.Count > 0)
                {
                    FairQueue<(int Facility, int Number)>.Ticket removed = waiting[value % waiting.Count];
                    Assert.True(queue.Remove(removed));
                    waiting.Remove(removed);
                }

                Assert.Equal(waiting.Count, queue.Count);
            }

            while (waiting.Count > 0) Serve();
            Serve();
            Assert.Equal((0, 0), (queue.Count, queue.Clock.Facilities));

            void Serve()
            {
                Assert.Equal(waiting.Count > 0, queue.TryDequeue(out (int Facility, int Number) served));
                if (waiting.Count == 0) return;
                Assert.Equal(waiting.First(ticket => ticket.Item.Facility == served.Facility).Item, served);
                waiting.RemoveAll(ticket => ticket.Item == served);
            }
        });

    /// <summary>What busy facilities got, and the bound of start-time fair queueing.</summary>
    internal sealed class Shares(int facilities)
    {
        private readonly long[] _served = new long[facilities];
        private readonly int[] _largest = new int[facilities];
        private readonly long[,] _least = new long[facilities, facilities];
        private readonly long[,] _most = new long[facilities, facilities];

        public void Offer(int facility, int cost) => _largest[facility] = Math.Max(_largest[facility], cost);

        public void Serve(int facility, int cost)
        {
            _served[facility] += cost;
            for (int one = 0; one < facilities; one++)
            {
                for (int other = 0; other < facilities; other++)
                {
                    long difference = _served[one] - _served[other];
                    _least[one, other] = Math.Min(_least[one, other], difference);
                    _most[one, other] = Math.Max(_most[one, other], difference);
                }
            }
        }

        public void AssertFair()
        {
            for (int one = 0; one < facilities; one++)
            {
                for (int other = 0; other < facilities; other++)
                    Assert.InRange(_most[one, other] - _least[one, other], 0, _largest[one] + _largest[other]);
            }
        }
    }
}
