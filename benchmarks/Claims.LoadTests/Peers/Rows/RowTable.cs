using System.ComponentModel.DataAnnotations.Schema;
using System.Reflection;

namespace Claims.LoadTests.Peers.Rows;

/// <summary>A table of the schema, as its row class describes it.</summary>
internal static class RowTable<TRow>
{
    private static readonly TableAttribute Table = typeof(TRow).GetCustomAttribute<TableAttribute>()!;

    /// <summary>With the schema.</summary>
    public static string Name { get; } = $"{Table.Schema}.{Table.Name}";

    public static IReadOnlyList<RowColumn<TRow>> Columns { get; } = [.. typeof(TRow).GetProperties().Select(RowColumn<TRow>.Of)];

    /// <summary>The names of the columns, with commas.</summary>
    public static string ColumnList { get; } = string.Join(", ", Columns.Select(c => c.Name));
}

/// <summary>A column, and how its value is got from a row without reflection.</summary>
internal abstract class RowColumn<TRow>(PropertyInfo property)
{
    public string Name { get; } = property.GetCustomAttribute<ColumnAttribute>()!.Name!;

    public string Property { get; } = property.Name;

    public static RowColumn<TRow> Of(PropertyInfo property) =>
        (RowColumn<TRow>)Activator.CreateInstance(typeof(TypedColumn<>).MakeGenericType(typeof(TRow), property.PropertyType), property)!;

    public abstract object? ValueOf(TRow row);

    /// <summary>The values of many rows in an array of their own type.</summary>
    public abstract Array ValuesOf(IReadOnlyList<TRow> rows);

    private sealed class TypedColumn<TValue>(PropertyInfo property) : RowColumn<TRow>(property)
    {
        private readonly Func<TRow, TValue> _get = property.GetMethod!.CreateDelegate<Func<TRow, TValue>>();

        public override object? ValueOf(TRow row) => _get(row);

        public override Array ValuesOf(IReadOnlyList<TRow> rows)
        {
            var values = new TValue[rows.Count];
            for (int i = 0; i < values.Length; i++) values[i] = _get(rows[i]);
            return values;
        }
    }
}
