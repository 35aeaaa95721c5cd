using FacilityGateway.Xml;

namespace FacilityGateway.Generation;

/// <summary>Makes up the files of a batch: first what happens, in order of time, then what becomes of it in files.</summary>
internal sealed class BatchMaker(WorldOptions options, string facilityId, int facility, int batch)
{
    /// <summary>What the good files of a batch are, in order of time.</summary>
    private static readonly bool[] s_isRemittance = [false, true, false, true, true, false];

    private readonly Randomness _random = Randomness.For((ulong)options.Seed, (ulong)facility, (ulong)batch);

    private enum Role
    {
        Good,
        Broken,
        Skipped,
    }

    public Batch Make()
    {
        var first = batch * Batch.Size;
        var numbers = Enumerable.Range(first, Math.Min(Batch.Size, options.FilesPerFacility - first)).ToList();
        var roles = numbers.ToDictionary(number => number, RoleOf);
        var parties = new Parties(facilityId, _random);
        var models = GoodFiles([.. numbers.Where(number => roles[number] is Role.Good)], parties);
        var good = models.ToDictionary(model => model.Key, model => GoodPlan(model.Key, model.Value));
        var odd = new OddFiles(options, facilityId, facility, parties);
        var files = numbers.Select(number => roles[number] switch
        {
            Role.Broken => odd.Broken(number),
            Role.Skipped => odd.Skipped(number, [.. good.Values]),
            _ => good[number],
        });
        return new Batch([.. files], [.. models.Values]);
    }

    private Role RoleOf(int number)
    {
        var share = Randomness.For((ulong)options.Seed, (ulong)facility, (ulong)number, 'r').Share();
        return share < options.BrokenFileShare ? Role.Broken
            : share < options.BrokenFileShare + options.SkippedFileShare ? Role.Skipped
            : Role.Good;
    }

    private Dictionary<int, ClaimFileModel> GoodFiles(List<int> numbers, Parties parties)
    {
        // Files are not named in the order of what happened: a remittance may come before its submission.
        for (var i = 1; i < numbers.Count; i++)
        {
            if (_random.Chance(0.15))
                (numbers[i - 1], numbers[i]) = (numbers[i], numbers[i - 1]);
        }

        var models = new Dictionary<int, ClaimFileModel>();
        var content = new ContentMaker(options, parties, _random);
        var date = new DateTime(2023, 1, 1).AddDays(_random.Below(600)).AddMinutes(_random.Below(1440));

        // The first hours of a month in local time belong to the month before in UTC.
        if (_random.Chance(0.1))
            date = new DateTime(date.Year, date.Month, 1).AddMinutes(_random.Below(240));

        for (var step = 0; step < numbers.Count; step++)
        {
            var isRemittance = s_isRemittance[step];
            var model = new ClaimFileModel
            {
                Name = FileNames.For(options, facility, facilityId, numbers[step], isRemittance),
                IsRemittance = isRemittance,
                SenderId = isRemittance ? parties.ReceiverId : facilityId,
                ReceiverId = isRemittance ? facilityId : parties.ReceiverId,
                TransactionDate = date,
                RecordCountError = _random.Chance(0.02) ? 1 : 0,
            };
            if (isRemittance)
                content.FillRemittance(model, numbers[step]);
            else
                content.FillSubmission(model, numbers[step]);

            models.Add(numbers[step], model);
            date = date.AddDays(_random.Between(3, 45)).AddMinutes(_random.Below(1440));
        }

        return models;
    }

    private PlannedFile GoodPlan(int number, ClaimFileModel model)
    {
        var layout = Layout.For(Randomness.For((ulong)options.Seed, (ulong)facility, (ulong)number, 'l'));
        return new PlannedFile
        {
            Name = model.Name,
            Kind = model.IsRemittance ? GeneratedFileKind.Remittance : GeneratedFileKind.Submission,
            Expectation = Expectation.Stored,
            Counts = model.Counts,
            WriteTo = stream => Packing.WriteTo(stream, model.Name, content => ClaimFileXml.Write(content, model, layout)),
        };
    }
}
