namespace Claims.Ingestion.Reading;

/// <summary>A file holds something that <see cref="PlainXmlCursor"/> does not know, or that is wrong: a <see cref="FullXmlCursor"/> has to read it, and to say which.</summary>
internal sealed class NotPlainException : Exception;
