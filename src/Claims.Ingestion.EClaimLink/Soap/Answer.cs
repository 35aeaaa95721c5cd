using Claims.Ingestion.Pipeline;

namespace Claims.Ingestion.EClaimLink.Soap;

/// <summary>What the gateway answered. Its own message is for people and may repeat what it was sent, so it is not kept.</summary>
/// <param name="Code">The result code.</param>
/// <param name="List">The inner list of a listing.</param>
/// <param name="File">The decoded file of a download.</param>
internal sealed record Answer(int Code, string? List, FetchedContent? File) : IDisposable
{
    public void Dispose() => File?.Dispose();
}
