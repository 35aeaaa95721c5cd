namespace Claims.Ingestion.Dashboard.Acting;

/// <summary>What came of an action.</summary>
/// <param name="IsDone">Whether it was done or begun.</param>
/// <param name="Text">In a sentence, for who asked.</param>
internal sealed record ActionAnswer(bool IsDone, string Text);
