using Parquet.Schema;

namespace SpecGD.Data.Language.Text;

/// <summary>Finds the column of text in a Parquet file.</summary>
internal static class ParquetColumn
{
    /// <summary>A table has a dozen columns; of those that have hundreds, so many are told.</summary>
    private const int MostNamed = 24;

    /// <summary>The column of this name.</summary>
    /// <param name="input">The file.</param>
    /// <param name="schema">Its columns, those of text as bytes.</param>
    /// <param name="name">The names from the outermost to the column's own with points between.</param>
    /// <exception cref="BadInputException">There is none, or it does not have one text a row.</exception>
    public static DataField Find(TextInput input, ParquetSchema schema, string name)
    {
        var columns = schema.GetDataFields();
        if (columns.FirstOrDefault(column => NameOf(column) == name) is not { } found)
            throw new BadInputException($"{input.Path} has no column '{name}'. {Listed(columns)} Name the one with the text with --text-column.");
        if (found.MaxRepetitionLevel > 0)
            throw new BadInputException($"{input.Path}: its column '{name}' has a list in each row; one text a row was expected. {Listed(columns)}");
        return IsText(found)
            ? found
            : throw new BadInputException($"{input.Path}: its column '{name}' is {TypeOf(found)}, no text. {Listed(columns)}");
    }

    private static bool IsText(DataField column) =>
        column.ClrType == typeof(ReadOnlyMemory<byte>) && column.SchemaElement?.Type == Parquet.Meta.Type.BYTE_ARRAY;

    private static string Listed(DataField[] columns)
    {
        string named = string.Join(", ", columns.Take(MostNamed).Select(Described));
        return columns.Length > MostNamed ? $"It has {named} and {columns.Length - MostNamed} more." : $"It has {named}.";
    }

    private static string Described(DataField column) =>
        $"{NameOf(column)} ({(column.MaxRepetitionLevel > 0 ? "list of " : "")}{(IsText(column) ? "text" : TypeOf(column))})";

    private static string TypeOf(DataField column) => IsText(column) ? "text" : column.SchemaElement?.Type?.ToString().ToLowerInvariant() ?? column.ClrType.Name;

    private static string NameOf(DataField column) => string.Join('.', column.Path.ToList());
}
