using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Records;

namespace SpecGD.Figures.Report;

/// <summary>How a table fits a screen that is narrower than it.</summary>
public enum NarrowTable
{
    /// <summary>It scrolls sideways in a box of its own: right for numbers to compare down a column.</summary>
    Scrolls,

    /// <summary>Every row becomes a card, with the headings before the values: right for sentences.</summary>
    Stacks,
}

/// <summary>A table with headings. The first cell of a row names the row.</summary>
/// <param name="Caption">What it shows.</param>
/// <param name="Headings">One a column.</param>
/// <param name="Rows">The rows, as long as the headings.</param>
public sealed record Table(string Caption, IReadOnlyList<string> Headings, IReadOnlyList<IReadOnlyList<Cell>> Rows) : Block
{
    /// <summary>How it fits a narrow screen.</summary>
    public NarrowTable Narrow { get; init; } = NarrowTable.Scrolls;

    /// <summary>Whether a click on a heading sorts, where the reader's program runs scripts.</summary>
    public bool Sortable { get; init; }

    /// <summary>The table of rows that share their keys, which are the headings.</summary>
    public static Table Of(string caption, IReadOnlyList<JsonObject> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        string[] headings = rows.Count > 0 ? [.. rows[0].Select(p => p.Key)] : [];
        return new Table(caption, headings, [.. rows.Select(row => (IReadOnlyList<Cell>)[.. headings.Select(key => CellOf(key, row[key]))])]);
    }

    private static Cell CellOf(string column, JsonNode? node) => node?.GetValueKind() switch
    {
        null or JsonValueKind.Null => new MissingCell(),
        JsonValueKind.Number => new NumberCell(JsonNumber.Of(node)!.Value),
        JsonValueKind.True => new TextCell("yes"),
        JsonValueKind.False => new TextCell("no"),
        JsonValueKind.String => new TextCell(column == MethodName.Column ? MethodName.Of(node.GetValue<string>()) : node.GetValue<string>()),
        _ => new TextCell(node.ToJsonString()),
    };
}

/// <summary>A cell of a <see cref="Table"/>.</summary>
public abstract record Cell;

/// <summary>Text, which may lead to a section of the report.</summary>
/// <param name="Text">The text.</param>
/// <param name="Target">Name of the section, or null.</param>
public sealed record TextCell(string Text, string? Target = null) : Cell;

/// <summary>A number, set to the right. What is not finite is shown as missing.</summary>
/// <param name="Value">The number.</param>
public sealed record NumberCell(double Value) : Cell
{
    /// <summary>The number as it is shown.</summary>
    public string Text => NumberText.Of(Value);

    /// <summary>The number in full, for sorting.</summary>
    public string FullText => Value.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>A verdict.</summary>
/// <param name="Mark">Its words and shape.</param>
public sealed record MarkCell(Mark Mark) : Cell;

/// <summary>Nothing was measured.</summary>
public sealed record MissingCell : Cell;
