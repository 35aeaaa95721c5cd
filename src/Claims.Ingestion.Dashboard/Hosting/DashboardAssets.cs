using System.Collections.Concurrent;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.FileProviders;

namespace Claims.Ingestion.Dashboard.Hosting;

/// <summary>The files of the pages: scripts, styles and the icon, out of the assembly. Where the host has a file of Blazor or MudBlazor itself, that one is taken: it belongs to the version that runs.</summary>
internal sealed class DashboardAssets(IWebHostEnvironment environment)
{
    /// <summary>The folder of the files, below the path of the dashboard.</summary>
    public const string Folder = "_claims";

    private const string Forever = "public, max-age=31536000, immutable";

    private static readonly Dictionary<string, (string ContentType, string? OfHost)> _known = new(StringComparer.Ordinal)
    {
        ["blazor.web.js"] = ("text/javascript; charset=utf-8", "_framework/blazor.web.js"),
        ["mudblazor.js"] = ("text/javascript; charset=utf-8", "_content/MudBlazor/MudBlazor.min.js"),
        ["mudblazor.css"] = ("text/css; charset=utf-8", "_content/MudBlazor/MudBlazor.min.css"),
        ["dashboard.js"] = ("text/javascript; charset=utf-8", null),
        ["dashboard.css"] = ("text/css; charset=utf-8", null),
        ["icon.svg"] = ("image/svg+xml", null),
    };

    private readonly ConcurrentDictionary<string, DashboardAsset> _loaded = new(StringComparer.Ordinal);

    /// <summary>The address of a file, relative to the base of the page.</summary>
    public string UrlOf(string name) => $"{Folder}/{name}?v={Load(name).Version}";

    public async Task ServeAsync(HttpContext context, string name)
    {
        if (!_known.ContainsKey(name))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        DashboardAsset asset = Load(name);
        IHeaderDictionary headers = context.Response.Headers;
        string tag = $"\"{asset.Version}\"";
        headers.ETag = tag;
        headers.CacheControl = context.Request.Query["v"] == asset.Version ? Forever : "no-cache";
        headers.Vary = "Accept-Encoding";
        if (context.Request.Headers.IfNoneMatch == tag)
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        byte[] body = asset.Bytes;
        if (context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
        {
            headers.ContentEncoding = "gzip";
            body = asset.Compressed;
        }

        context.Response.ContentType = asset.ContentType;
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private DashboardAsset Load(string name) => _loaded.GetOrAdd(name, Read);

    private DashboardAsset Read(string name)
    {
        (string contentType, string? ofHost) = _known[name];
        using Stream stream = OpenOfHost(ofHost) ?? typeof(DashboardAssets).Assembly.GetManifestResourceStream(name)!;
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Optimal)) gzip.Write(bytes.GetBuffer(), 0, (int)bytes.Length);
        byte[] content = bytes.ToArray();
        return new DashboardAsset(name, contentType, content, compressed.ToArray(), Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8)));
    }

    private Stream? OpenOfHost(string? path)
    {
        if (path is null || environment.WebRootFileProvider is not { } files) return null;
        IFileInfo file = files.GetFileInfo(path);
        return file is { Exists: true, IsDirectory: false } ? file.CreateReadStream() : null;
    }
}
