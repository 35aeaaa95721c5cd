using Claims.Ingestion.AspNetCore;
using Claims.Ingestion.Postgres.DataSources;
using Microsoft.Extensions.Options;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Read-your-writes over several requests.</summary>
public static class ClaimsConsistencyApplicationBuilderExtensions
{
    /// <summary>
    /// Makes each request a <see cref="ConsistencyScope"/>, which begins with the token that the client sends in a header or a cookie. When something was committed in it
    /// (<see cref="ConsistencyScope.CommittedAsync"/>, <see cref="ConsistencyScope.Require"/>), the response gives a later token in both, so that the client's next reads see it.
    /// </summary>
    /// <remarks>
    /// Put it before the endpoints. What is committed after the response has begun is not in its token. A response with a token is made <c>Cache-Control: private</c>.
    /// </remarks>
    /// <param name="app">The application.</param>
    /// <param name="options">The names and the age; <see langword="null"/> for the defaults.</param>
    /// <returns>The value of <paramref name="app"/>.</returns>
    /// <exception cref="OptionsValidationException">A setting is out of its limits; the message names it.</exception>
    public static IApplicationBuilder UseClaimsConsistency(this IApplicationBuilder app, ClaimsConsistencyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(app);
        options ??= new ClaimsConsistencyOptions();
        if (new ClaimsConsistencyOptionsValidator().Validate(Options.DefaultName, options) is { Failed: true } result)
            throw new OptionsValidationException(Options.DefaultName, typeof(ClaimsConsistencyOptions), result.Failures);
        return app.UseMiddleware<ClaimsConsistencyMiddleware>(options);
    }
}
