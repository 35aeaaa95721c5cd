using Claims.Ingestion.Facilities;
using Claims.Ingestion.Tests.Fakes;

namespace Claims.Ingestion.Tests.Facilities;

public sealed class FacilityListValidatorTests
{
    private readonly FacilityListValidator _validator = new([new FakePoller()]);

    [Fact]
    public void Validate_NoFacilities_IsTaken()
    {
        Assert.True(_validator.Validate(null, new FacilityListOptions()).Succeeded);
        Assert.Equal(("", null, "directory", ""), (new FacilityOptions().Id, new FacilityOptions().Name, new FacilityOptions().Poller, new FacilityOptions().Endpoint));
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
            },
        };

        Assert.Equal(
            [
                "Claims:Facilities:1:Id is FAC-1, which another facility has; each id may stand once.",
                "Claims:Facilities:1:Endpoint is empty; it must say where the files of facility  FAC-1  are.",
                "Claims:Facilities:1:Poller is 'telex'; it must be one of the registered pollers: fake.",
                "Claims:Facilities:2:Id is empty; it must be the facility's licence number.",
                "Claims:Facilities:2:Poller is ''; it must be one of the registered pollers: fake.",
            ],
            _validator.Validate(null, options).Failures);
    }
}
