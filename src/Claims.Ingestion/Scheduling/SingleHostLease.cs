namespace Claims.Ingestion.Scheduling;

/// <summary>For one host alone: everything is granted once, and nothing outlives the process.</summary>
internal sealed class SingleHostLease(TimeProvider time) : IFacilityLease
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Row> _rows = new(StringComparer.Ordinal);
    private readonly HashSet<string> _changed = new(StringComparer.Ordinal);

    public TimeSpan? Duration => null;

    public ValueTask<IReadOnlyList<LeaseGrant>> AcquireAsync(IReadOnlyList<LeaseRequest> requests, CancellationToken cancellationToken)
    {
        var granted = new List<LeaseGrant>(requests.Count);
        lock (_gate)
        {
            foreach (LeaseRequest request in requests)
            {
                Row row = RowOf(request.FacilityId);
                bool isServed = row.Record?.Slot is { } served && request.Slot - served < request.MinimumGap && served - request.Slot <= 4 * request.MinimumGap;
                if (row.IsHeld || (!request.IsForced && (isServed || row.Record is { IsPaused: true }))) continue;
                row.IsHeld = true;
                granted.Add(new LeaseGrant(new FacilityLease(request.FacilityId, ++row.Epoch, request.Slot), row.Record));
            }
        }

        return ValueTask.FromResult<IReadOnlyList<LeaseGrant>>(granted);
    }

    public ValueTask<IReadOnlyList<FacilityLease>> RenewAsync(IReadOnlyList<FacilityLease> leases, CancellationToken cancellationToken) => ValueTask.FromResult(leases);

    public ValueTask ReleaseAsync(FacilityLease lease, PollRecord? record, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Row row = RowOf(lease.FacilityId);
            row.IsHeld = false;
            if (record is not null)
            {
                row.Count(time.GetUtcNow(), record.Files, record.Claims);
                Keep(row, record with { IsPaused = row.Record?.IsPaused ?? false, FilesLast24Hours = row.Files, ClaimsLast24Hours = row.Claims });
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<AbandonedSlot>> FindAbandonedAsync(CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<AbandonedSlot>>([]);

    public ValueTask<IReadOnlyList<PollRecord>> GetChangedRecordsAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            IReadOnlyList<PollRecord> records = [.. _changed.Select(id => _rows[id].Record!)];
            _changed.Clear();
            return ValueTask.FromResult(records);
        }
    }

    public ValueTask SetPausedAsync(string facilityId, bool isPaused, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Row row = RowOf(facilityId);
            Keep(row, (row.Record ?? new PollRecord { FacilityId = facilityId }) with { IsPaused = isPaused });
        }

        return ValueTask.CompletedTask;
    }

    private void Keep(Row row, PollRecord record)
    {
        row.Record = record;
        _changed.Add(record.FacilityId);
    }

    private Row RowOf(string facilityId)
    {
        if (!_rows.TryGetValue(facilityId, out Row? row)) _rows.Add(facilityId, row = new Row());
        return row;
    }

    private sealed class Row
    {
        private readonly Queue<(DateTimeOffset At, int Files, long Claims)> _day = new();

        public bool IsHeld { get; set; }

        public long Epoch { get; set; }

        public PollRecord? Record { get; set; }

        public int Files { get; private set; }

        public long Claims { get; private set; }

        public void Count(DateTimeOffset now, int files, long claims)
        {
            while (_day.TryPeek(out var oldest) && now - oldest.At >= TimeSpan.FromDays(1)) Add(_day.Dequeue(), -1);
            if (files == 0) return;
            _day.Enqueue((now, files, claims));
            Add((now, files, claims), 1);
        }

        private void Add((DateTimeOffset At, int Files, long Claims) poll, int sign)
        {
            Files += sign * poll.Files;
            Claims += sign * poll.Claims;
        }
    }
}
