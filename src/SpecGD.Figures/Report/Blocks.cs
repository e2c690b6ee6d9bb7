namespace SpecGD.Figures.Report;

/// <summary>What a section is made of.</summary>
public abstract record Block;

/// <summary>Running text.</summary>
/// <param name="Text">The text, every character as it is.</param>
public sealed record Paragraph(string Text) : Block;

/// <summary>Something to type, shown as it is.</summary>
/// <param name="Text">The command, or several on lines of their own.</param>
public sealed record CommandLines(string Text) : Block;

/// <summary>A picture within the page; an animation waits behind a heading that opens it, since a reader cannot pause it.</summary>
/// <param name="File">The picture.</param>
/// <param name="Caption">What stands beneath it.</param>
/// <param name="Alternative">What it shows, for those who cannot see it.</param>
public sealed record Picture(PictureFile File, string Caption, string Alternative) : Block;

/// <summary>Names with values, such as settings.</summary>
/// <param name="Entries">Each name with its value and, where that helps, what it means.</param>
public sealed record KeyValues(IReadOnlyList<KeyValueEntry> Entries) : Block;

/// <summary>A name with its value.</summary>
/// <param name="Key">The name.</param>
/// <param name="Value">The value; empty where there is none.</param>
/// <param name="Meaning">What it means, or null.</param>
public sealed record KeyValueEntry(string Key, string Value, string? Meaning = null);

/// <summary>Blocks that stay closed until the reader opens them.</summary>
/// <param name="Summary">What is within.</param>
/// <param name="Blocks">The blocks.</param>
public sealed record Details(string Summary, IReadOnlyList<Block> Blocks) : Block;
