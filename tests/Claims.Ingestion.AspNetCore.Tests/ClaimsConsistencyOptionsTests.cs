using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Claims.Ingestion.AspNetCore.Tests;

public sealed class ClaimsConsistencyOptionsTests
{
    private readonly ApplicationBuilder _app = new(new ServiceCollection().BuildServiceProvider());

    [Fact]
    public void Defaults_AreAsDocumented()
    {
        var o = new ClaimsConsistencyOptions();

        Assert.Equal(("Claims-Consistency", "claims-consistency", TimeSpan.FromMinutes(5)), (o.HeaderName, o.CookieName, o.MaxAge));
        _app.UseClaimsConsistency();
    }

    [Fact]
    public void AllInvalid_NamesEach()
    {
        var invalid = new ClaimsConsistencyOptions { HeaderName = "", CookieName = "a;b", MaxAge = TimeSpan.Zero };

        var exception = Assert.Throws<OptionsValidationException>(() => _app.UseClaimsConsistency(invalid));

        Assert.Equal(
            [
                "ClaimsConsistencyOptions.HeaderName is \"\"; it must be null, or consist of letters, digits, - and _.",
                "ClaimsConsistencyOptions.CookieName is \"a;b\"; it must be null, or consist of letters, digits, - and _.",
                "ClaimsConsistencyOptions.MaxAge is 00:00:00; it must be from 00:00:01 to 1.00:00:00.",
            ],
            exception.Failures);
    }
}
