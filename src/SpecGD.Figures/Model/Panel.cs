namespace SpecGD.Figures.Model;

/// <summary>One coordinate system of a figure.</summary>
/// <param name="Title">What stands above it.</param>
/// <param name="X">The horizontal axis.</param>
/// <param name="Y">The vertical axis.</param>
/// <param name="Curves">What is drawn in it; those without a single value are left out, and their key entries too.</param>
public sealed record Panel(FigureText Title, Axis X, Axis Y, IReadOnlyList<Curve> Curves)
{
    /// <summary>Where the key stands.</summary>
    public KeyPlacement Key { get; init; } = KeyPlacement.Automatic;
}

/// <summary>
/// An axis. An end that is not given comes from the data: as it is for x, outward to a tic for y, to a power of ten where logarithmic.
/// </summary>
/// <param name="Label">What stands beside it.</param>
public sealed record Axis(FigureText Label)
{
    /// <summary>Whether equal distances are equal ratios.</summary>
    public bool Logarithmic { get; init; }

    /// <summary>Whether only whole numbers carry tics, as for steps.</summary>
    public bool WholeNumbers { get; init; }

    /// <summary>The lower end; positive on a logarithmic axis.</summary>
    public double? From { get; init; }

    /// <summary>The upper end; larger than <see cref="From"/>.</summary>
    public double? To { get; init; }

    /// <summary>Values that an end which is not given must take in beside those of the curves, so that panels can share an axis.</summary>
    public IReadOnlyList<double> Covers { get; init; } = [];

    /// <summary>
    /// The numbers that carry tics, such as the sizes of a sweep; none for round numbers. With them an end that is not given is the data's.
    /// </summary>
    public IReadOnlyList<double> Tics { get; init; } = [];

    /// <summary>Further numbers that carry a tic without its number, beside those of <see cref="Tics"/>: there is no room for all.</summary>
    public IReadOnlyList<double> BareTics { get; init; } = [];

    /// <summary>What stands at each of <see cref="Tics"/> in place of the number, such as the name of a layer; none for the numbers.</summary>
    public IReadOnlyList<FigureText> TicTexts { get; init; } = [];
}

/// <summary>Places of a key.</summary>
public enum KeyPlacement
{
    /// <summary>The first of the corners, in the order below, where no curve runs behind it; below the panel where there is none.</summary>
    Automatic,

    /// <summary>Inside, top right.</summary>
    TopRight,

    /// <summary>Inside, top left.</summary>
    TopLeft,

    /// <summary>Inside, bottom right.</summary>
    BottomRight,

    /// <summary>Inside, bottom left.</summary>
    BottomLeft,

    /// <summary>Outside, below the label of the x axis.</summary>
    Below,

    /// <summary>No key.</summary>
    None,
}
