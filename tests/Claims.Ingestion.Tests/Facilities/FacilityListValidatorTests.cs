using Claims.Ingestion.Facilities;
using Claims.Ingestion.Tests.Fakes;

namespace Claims.Ingestion.Tests.Facilities;

public sealed class FacilityListValidatorTests
{
    private readonly FacilityListValidator _validator = new([new FakePoller()]);

    [Fact]
    public void Defaults_AreAsDocumented()
    {
        var facility = new FacilityOptions();
        Assert.Equal(("", null, "directory", ""), (facility.Id, facility.Name, facility.Poller, facility.Endpoint));
        Assert.Equal((null, null, 0, null, false), (facility.Interval, facility.PollTimeout, facility.Priority, facility.Window, facility.Paused));

        var window = new FacilityWindowOptions();
        Assert.Equal((TimeOnly.MinValue, TimeOnly.MinValue, ""), (window.From, window.To, window.TimeZone));
    }

    [Fact]
    public void Validate_NoFacilities_IsTaken() => Assert.True(_validator.Validate(null, new FacilityListOptions()).Succeeded);

    [Fact]
    public void Validate_EverythingAtItsLimits_IsTaken()
    {
        var options = new FacilityListOptions
        {
            Facilities =
            {
                new FacilityOptions
                {
                    Id = "FAC-1", Endpoint = "x", Poller = "fake", Interval = TimeSpan.FromSeconds(1), PollTimeout = TimeSpan.FromSeconds(1), Priority = -10,
                    Window = new FacilityWindowOptions { From = new TimeOnly(22, 0), TimeZone = " Asia/Dubai " },
                },
                new FacilityOptions { Id = "FAC-2", Endpoint = "x", Poller = "fake", Interval = TimeSpan.FromDays(7), PollTimeout = TimeSpan.FromDays(1), Priority = 10, Paused = true },
            },
        };

        Assert.True(_validator.Validate(null, options).Succeeded);
    }

    [Fact]
    public void Validate_EverythingWrong_NamesEach()
    {
        var options = new FacilityListOptions
        {
            Facilities =
            {
                new FacilityOptions { Id = "FAC-1", Endpoint = "x", Poller = " fake " },
                new FacilityOptions { Id = " FAC-1 ", Endpoint = " ", Poller = "telex" },
                new FacilityOptions { Id = " ", Endpoint = "x", Poller = null! },
                new FacilityOptions
                {
                    Id = "FAC-4", Endpoint = "x", Poller = "fake", Interval = TimeSpan.FromTicks(TimeSpan.TicksPerSecond - 1), PollTimeout = TimeSpan.Zero, Priority = -11,
                    Window = new FacilityWindowOptions { From = new TimeOnly(8, 30), To = new TimeOnly(8, 30), TimeZone = "Mars/Olympus" },
                },
                new FacilityOptions
                {
                    Id = "FAC-5", Endpoint = "x", Poller = "fake", Interval = TimeSpan.FromDays(8), PollTimeout = TimeSpan.FromHours(25), Priority = 11,
                    Window = new FacilityWindowOptions { To = new TimeOnly(6, 0), TimeZone = null! },
                },
            },
        };

        Assert.Equal(
            [
                "Claims:Facilities:1:Id is FAC-1, which another facility has; each id may stand once.",
                "Claims:Facilities:1:Endpoint is empty; it must say where the files of facility FAC-1 are.",
                "Claims:Facilities:1:Poller is 'telex'; it must be one of the registered pollers: fake.",
                "Claims:Facilities:2:Id is empty; it must be the facility's licence number.",
                "Claims:Facilities:2:Poller is ''; it must be one of the registered pollers: fake.",
                "Claims:Facilities:3:Interval is 00:00:00.9999999; it must be from 00:00:01 to 7.00:00:00.",
                "Claims:Facilities:3:PollTimeout is 00:00:00; it must be from 00:00:01 to 1.00:00:00.",
                "Claims:Facilities:3:Priority is -11; it must be from -10 to 10.",
                "Claims:Facilities:3:Window is from 08:30:00 to 08:30:00; the two must differ. Without a window the facility is polled at all times.",
                "Claims:Facilities:3:Window:TimeZone is 'Mars/Olympus'; it must be the IANA name of a time zone that this machine's time zone data (tzdata) holds, for example Asia/Dubai.",
                "Claims:Facilities:4:Interval is 8.00:00:00; it must be from 00:00:01 to 7.00:00:00.",
                "Claims:Facilities:4:PollTimeout is 1.01:00:00; it must be from 00:00:01 to 1.00:00:00.",
                "Claims:Facilities:4:Priority is 11; it must be from -10 to 10.",
                "Claims:Facilities:4:Window:TimeZone is ''; it must be the IANA name of a time zone that this machine's time zone data (tzdata) holds, for example Asia/Dubai.",
            ],
            _validator.Validate(null, options).Failures);
    }

    [Theory]
    [InlineData("Asia")]
    [InlineData("../../etc/passwd")]
    [InlineData("Asia/Dubai\0")]
    public void Validate_TimeZoneThatIsNone_IsRefused(string timeZone)
    {
        var options = new FacilityListOptions
        {
            Facilities = { new FacilityOptions { Id = "FAC-1", Endpoint = "x", Poller = "fake", Window = new FacilityWindowOptions { To = new TimeOnly(6, 0), TimeZone = timeZone } } },
        };

        Assert.True(_validator.Validate(null, options).Failed);
    }
}
