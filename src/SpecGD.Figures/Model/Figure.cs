namespace SpecGD.Figures.Model;

/// <summary>A figure as data: what is drawn, not how.</summary>
public sealed record Figure
{
    /// <summary>A figure of panels, which stand in rows from the top left.</summary>
    /// <param name="name">Name of its files, without an ending: letters, digits, '-' and '_'.</param>
    /// <param name="panels">Its panels, one at least.</param>
    /// <param name="caption">What is drawn, in sentences.</param>
    /// <exception cref="ArgumentException">The name does not fit a file, or there is no panel.</exception>
    public Figure(string name, IReadOnlyList<Panel> panels, string caption)
    {
        ArgumentNullException.ThrowIfNull(panels);
        if (panels.Count == 0)
            throw new ArgumentException("A figure needs a panel.", nameof(panels));
        (Name, Panels, Caption) = (CheckedName(name), panels, caption);
    }

    /// <summary>Name of its files, without an ending.</summary>
    public string Name { get; private init; }

    /// <summary>The panels, row by row.</summary>
    public IReadOnlyList<Panel> Panels { get; internal init; }

    /// <summary>What is drawn, in sentences.</summary>
    public string Caption { get; internal init; }

    /// <summary>What stands above all panels, in larger letters; empty for nothing.</summary>
    public FigureText Title { get; init; } = FigureText.Empty;

    /// <summary>Panels in a row, at most.</summary>
    public int Columns { get; init; } = 2;

    /// <summary>Width in inches.</summary>
    public double Width { get; init; } = 10;

    /// <summary>Height in inches.</summary>
    public double Height { get; init; } = 4;

    /// <summary>Size of the text in points. Lines and points are made for 12 and grow and shrink with it.</summary>
    public double FontSize { get; init; } = 12;

    /// <summary>The same figure under another name.</summary>
    internal Figure Named(string name) => this with { Name = CheckedName(name) };

    /// <summary>The name, if it can be one of files.</summary>
    internal static string CheckedName(string name) =>
        !string.IsNullOrEmpty(name) && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')
            ? name
            : throw new ArgumentException($"'{name}' cannot name a figure's files; letters, digits, '-' and '_' can.", nameof(name));
}
