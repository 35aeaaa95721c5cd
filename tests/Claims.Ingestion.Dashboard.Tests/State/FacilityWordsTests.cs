using Claims.Ingestion.Dashboard.State;
using Claims.Ingestion.Dashboard.Tests.Support;
using Claims.Ingestion.Polling;
using Claims.Ingestion.Scheduling;
using Claims.Ingestion.Volumes;

namespace Claims.Ingestion.Dashboard.Tests.State;

public sealed class FacilityWordsTests
{
    [Fact]
    public void FailingFirst_SortsByLevelThenFailuresThenId()
    {
        FacilityState[] all =
        [
            Given.Facility(1), Given.Facility(2) with { Volume = VolumeState.Silent }, Given.Failing(3, 1, PollOutcome.Failed), Given.Failing(4, 9, PollOutcome.Failed), Given.Facility(5) with { IsPaused = true },
            Given.Failing(6, 1, PollOutcome.CredentialRefused),
        ];

        Assert.Equal([4, 6, 3, 2, 5, 1], all.FailingFirst().Select(f => int.Parse(f.FacilityId[^1..], provider: null)));
    }

    [Fact]
    public void Word_SaysWhatItDoes()
    {
        Assert.Equal("failing", FacilityWords.Word(Given.Failing(1, 1, PollOutcome.Failed) with { Activity = FacilityActivity.Polling }));
        Assert.Equal("paused", FacilityWords.Word(Given.Facility(1) with { IsPaused = true }));
        Assert.Equal("storing", FacilityWords.Word(Given.Facility(1) with { Activity = FacilityActivity.Storing }));
        Assert.Equal("silent", FacilityWords.Word(Given.Facility(1) with { Volume = VolumeState.Silent }));
        Assert.Equal("not polled yet", FacilityWords.Word(new FacilityState { FacilityId = "a" }));
        Assert.Equal("well", FacilityWords.Word(Given.Facility(1)));
    }
}
