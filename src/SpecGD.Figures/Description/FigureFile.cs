using System.Text.Json.Serialization;

namespace SpecGD.Figures.Description;

/// <summary>The description of a figure as its JSON file has it. Texts have the mark-up of <see cref="TextMarkup"/>, lengths that of <see cref="Length"/>.</summary>
internal sealed record FigureFile(
    [property: JsonRequired, JsonPropertyName("specgd-figure")] int Version,
    string Name,
    [property: JsonPropertyOrder(1)] IReadOnlyList<PanelFile> Panels)
{
    public string Title { get; init; } = "";

    public string Caption { get; init; } = "";

    public string? Data { get; init; }

    public string Width { get; init; } = "10in";

    public string Height { get; init; } = "4in";

    public double FontSize { get; init; } = 12;

    public int Columns { get; init; } = 2;
}

/// <summary>A panel of a <see cref="FigureFile"/>.</summary>
internal sealed record PanelFile([property: JsonPropertyOrder(1)] AxisFile X, [property: JsonPropertyOrder(1)] AxisFile Y, [property: JsonPropertyOrder(1)] IReadOnlyList<CurveFile> Curves)
{
    public string Title { get; init; } = "";

    public string Key { get; init; } = "automatic";
}

/// <summary>An axis; what is left out comes from the data.</summary>
internal sealed record AxisFile
{
    public string Label { get; init; } = "";

    public bool Logarithmic { get; init; }

    public bool WholeNumbers { get; init; }

    public double? From { get; init; }

    public double? To { get; init; }

    public IReadOnlyList<double>? Covers { get; init; }

    public IReadOnlyList<double>? Tics { get; init; }

    public IReadOnlyList<double>? BareTics { get; init; }

    public IReadOnlyList<string>? TicTexts { get; init; }
}

/// <summary>A curve; its points stand in the data, under the numbers of its panel and itself.</summary>
internal sealed record CurveFile(string Kind)
{
    public string? Label { get; init; }

    public string Color { get; init; } = "#000000";

    public double LineWidth { get; init; } = 1;

    public string? Dash { get; init; }

    public MarkerFile? Marker { get; init; }

    public double? At { get; init; }

    public double? Size { get; init; }

    public bool? Hollow { get; init; }

    public IReadOnlyList<double>? Places { get; init; }

    public IReadOnlyList<string>? Notes { get; init; }

    public IReadOnlyList<string>? Names { get; init; }

    public int? ThinnedFrom { get; init; }
}

/// <summary>Marks on a line.</summary>
internal sealed record MarkerFile(string Shape)
{
    public int Ordinal { get; init; }

    public int Lines { get; init; } = 1;
}
