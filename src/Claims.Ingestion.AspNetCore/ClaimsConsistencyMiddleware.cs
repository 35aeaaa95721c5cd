using Claims.Ingestion.Postgres.DataSources;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using SameSiteMode = Microsoft.AspNetCore.Http.SameSiteMode;

namespace Claims.Ingestion.AspNetCore;

/// <summary>Makes each request a <see cref="ConsistencyScope"/>, and hands its token on.</summary>
internal sealed class ClaimsConsistencyMiddleware(RequestDelegate next, ClaimsConsistencyOptions options)
{
    public async Task InvokeAsync(HttpContext context)
    {
        ConsistencyToken? asked = Read(context.Request);

        // Taken now: UsePathBase has put it back by the time that the response begins. Another application of the same site may have another database.
        string path = context.Request.PathBase is { HasValue: true } pathBase ? pathBase.ToUriComponent() : "/";
        using ConsistencyScope scope = ConsistencyScope.Begin(asked);
        context.Response.OnStarting(() =>
        {
            if (scope.Token is { } token && token != asked) Write(context, path, token.ToString());
            return Task.CompletedTask;
        });
        await next(context);
    }

    /// <summary>The latest token of the request. It comes from strangers: what is none counts as not there.</summary>
    private ConsistencyToken? Read(HttpRequest request)
    {
        ConsistencyToken? latest = null;
        if (options.HeaderName is not null)
        {
            foreach (string text in request.Headers.GetCommaSeparatedValues(options.HeaderName)) Add(text);
        }

        if (options.CookieName is not null) Add(request.Cookies[options.CookieName]);
        return latest;

        void Add(string? text)
        {
            if (ConsistencyToken.TryParse(text, out ConsistencyToken token)) latest = ConsistencyToken.Latest(latest, token);
        }
    }

    private void Write(HttpContext context, string path, string token)
    {
        HttpResponse response = context.Response;
        if (options.HeaderName is not null) response.Headers[options.HeaderName] = token;
        if (options.CookieName is not null)
        {
            response.Cookies.Append(options.CookieName, token, new CookieOptions
            {
                HttpOnly = true,
                IsEssential = true,
                MaxAge = options.MaxAge,
                Path = path,
                SameSite = SameSiteMode.Lax,
                Secure = context.Request.IsHttps,
            });
        }

        // The token is this client's: a cache that others share must not give it to them.
        CacheControlHeaderValue cache = response.GetTypedHeaders().CacheControl ?? new CacheControlHeaderValue();
        cache.Private = true;
        cache.Public = false;
        cache.SharedMaxAge = null;
        response.GetTypedHeaders().CacheControl = cache;
    }
}
