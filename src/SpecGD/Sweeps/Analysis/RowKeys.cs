using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Sweeps.Analysis;

/// <summary>One of the columns that name a row of an experiment's table.</summary>
/// <param name="Column">The column's name.</param>
/// <param name="Text">What the row has there, as a word.</param>
/// <param name="Number">The same as a number; null where it is a text.</param>
public readonly record struct RowKey(string Column, string Text, double? Number)
{
    /// <summary>A text as it is, a number with the name of its column.</summary>
    public override string ToString() => Number is null ? Text : $"{Column}={Text}";
}

/// <summary>
/// What a row of an experiment's table is of, in the order of the columns: they follow from the options alone, so a row has the same keys in every
/// repetition, whatever was measured. Equal where all keys are.
/// </summary>
public sealed class RowKeys : IEquatable<RowKeys>
{
    private RowKeys(IReadOnlyList<RowKey> keys, int copy) => (All, Copy) = (keys, copy);

    /// <summary>The keys of a trajectory, which is named by its method alone.</summary>
    public static RowKeys None { get; } = new([], 1);

    /// <summary>The keys.</summary>
    public IReadOnlyList<RowKey> All { get; }

    /// <summary>Which of the rows with the same keys it is, from 1: a value that was given twice has two rows.</summary>
    public int Copy { get; }

    /// <summary>The keys of a row.</summary>
    /// <param name="columns">The columns that name it.</param>
    /// <param name="row">The row.</param>
    /// <param name="copy">Which of the rows with the same keys it is, from 1.</param>
    public static RowKeys Of(IEnumerable<string> columns, JsonObject row, int copy = 1)
    {
        ArgumentNullException.ThrowIfNull(row);
        return new RowKeys(
            [.. columns.Select(column => new RowKey(column, AxisText.Of(row[column]), IsText(row[column]) ? null : JsonNumber.Of(row[column])))], copy);
    }

    /// <summary>The same row as the <paramref name="copy"/>-th with these keys.</summary>
    public RowKeys AsCopy(int copy) => new(All, copy);

    /// <summary>The name that the row has in the place of a method: its keys, and its number where there are several with these.</summary>
    public override string ToString() =>
        string.Join(' ', All) + (Copy == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $" ({Copy})"));

    /// <summary>The keys as <see cref="Parse"/> reads them.</summary>
    public string ToJson() => new JsonArray(
        [Copy, .. All.SelectMany(key => (JsonNode?[])[key.Column, key.Number is { } number ? JsonNumber.From(number) : key.Text])]).ToJsonString();

    /// <summary>The keys that <see cref="ToJson"/> wrote.</summary>
    public static RowKeys Parse(string json)
    {
        JsonNode?[] parts = [.. JsonNode.Parse(json)!.AsArray()];
        var row = new JsonObject(parts.Skip(1).Chunk(2).Select(pair => KeyValuePair.Create(pair[0]!.GetValue<string>(), pair[1]?.DeepClone())));
        return Of(row.Select(key => key.Key), row, parts[0]!.GetValue<int>());
    }

    /// <inheritdoc/>
    public bool Equals(RowKeys? other) => other is not null && Copy == other.Copy && All.SequenceEqual(other.All);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as RowKeys);

    /// <inheritdoc/>
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    private static bool IsText(JsonNode? cell) => cell?.GetValueKind() == JsonValueKind.String;
}
