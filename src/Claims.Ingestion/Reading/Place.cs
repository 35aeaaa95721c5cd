namespace Claims.Ingestion.Reading;

/// <summary>A place in the decoded text of a file, both numbers from 1.</summary>
internal readonly record struct Place(int Line, int Column) : IComparable<Place>
{
    public int CompareTo(Place other) => Line != other.Line ? Line.CompareTo(other.Line) : Column.CompareTo(other.Column);
}

/// <summary>An element's place in a file: the names in its start tag and in its end tag, the same one when it has no end tag.</summary>
internal readonly record struct ElementPlace(Place Start, Place End);
