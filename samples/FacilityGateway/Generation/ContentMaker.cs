namespace FacilityGateway.Generation;

/// <summary>Fills the claim files of a batch, in order of time, from the lives of its claims.</summary>
internal sealed class ContentMaker(WorldOptions options, Parties parties, Randomness random)
{
    // Claims that are in no good submission are numbered apart, so that no id is used twice.
    private const int NeverSubmitted = 400_000;
    private const int Bad = 700_000;

    private static readonly int[] s_percentOfMean = [0, 25, 50, 60, 75, 90, 100, 120, 180, 300];

    private static readonly ClaimFault[] s_submissionFaults =
        [ClaimFault.MissingId, ClaimFault.MissingPayer, ClaimFault.MissingProvider, ClaimFault.UnreadableAmount, ClaimFault.UnreadableDate, ClaimFault.NoActivity];

    private static readonly ClaimFault[] s_remittanceFaults =
        [ClaimFault.MissingId, ClaimFault.UnreadableAmount, ClaimFault.UnreadableDate, ClaimFault.NoActivity];

    private readonly List<ClaimLife> _lives = [];

    public void FillSubmission(ClaimFileModel model, int file)
    {
        var size = FileSize();
        var again = random.Some(_lives, Math.Min(_lives.Count, size * 3 / 10));
        ClaimLife? previous = null;
        for (var ordinal = 1; model.Submissions.Count < Math.Max(1, size - again.Count); ordinal++)
        {
            var life = ClaimMaker.New(random, parties, file, ordinal, model.TransactionDate, previous);
            previous = life;
            if (model.Submissions.Count > 0 && random.Chance(options.BadClaimShare))
            {
                model.Submissions.Add(new SubmissionEntry(ClaimMaker.FirstVersion(life, random), random.Pick(s_submissionFaults)));
                continue;
            }

            model.Submissions.Add(new SubmissionEntry(ClaimMaker.FirstVersion(life, random)));
            _lives.Add(life);
            if (model.Submissions.Count < size - again.Count && random.Chance(0.005))
                model.Submissions.Add(new SubmissionEntry(ClaimMaker.Resubmission(life, parties, random)));
        }

        foreach (var life in again)
            model.Submissions.Add(new SubmissionEntry(ClaimMaker.Resubmission(life, parties, random)));
    }

    public void FillRemittance(ClaimFileModel model, int file)
    {
        var size = FileSize();
        var answerer = new Answerer(random, model.TransactionDate);
        do
        {
            var pool = random.Some(_lives, _lives.Count);
            if (random.Chance(0.5))
                pool = [.. pool.OrderBy(life => life.Answers > 0)];

            foreach (var life in pool.TakeWhile(_ => model.Remittances.Count < size))
            {
                Add(model, answerer, life, size);
                AddStrangers(model, answerer, file, size);
            }
        }
        while (options.FixedSize && model.Remittances.Count < size);
    }

    private void AddStrangers(ClaimFileModel model, Answerer answerer, int file, int size)
    {
        if (model.Remittances.Count < size && random.Chance(0.015))
        {
            var stranger = Stranger(model, file, NeverSubmitted);
            _lives.Add(stranger);
            Add(model, answerer, stranger, size);
        }

        if (model.Remittances.Count < size && random.Chance(options.BadClaimShare))
        {
            var block = answerer.Answer(Stranger(model, file, Bad)).First();
            model.Remittances.Add(new RemittanceEntry(block, random.Pick(s_remittanceFaults)));
        }
    }

    private ClaimLife Stranger(ClaimFileModel model, int file, int firstOrdinal) =>
        ClaimMaker.New(random, parties, file, firstOrdinal + model.Remittances.Count, model.TransactionDate, previous: null);

    private static void Add(ClaimFileModel model, Answerer answerer, ClaimLife life, int size)
    {
        foreach (var block in answerer.Answer(life).TakeWhile(_ => model.Remittances.Count < size))
            model.Remittances.Add(new RemittanceEntry(block));
    }

    private int FileSize() =>
        options.FixedSize ? options.ClaimsPerFile : (int)Math.Max(1, (long)options.ClaimsPerFile * random.Pick(s_percentOfMean) / 100);
}
