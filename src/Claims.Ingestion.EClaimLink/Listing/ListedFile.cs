namespace Claims.Ingestion.EClaimLink.Listing;

/// <summary>An entry of the gateway's list.</summary>
internal readonly record struct ListedFile(string FileId, string FileName);
