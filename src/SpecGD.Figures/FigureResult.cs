namespace SpecGD.Figures;

/// <summary>What was written for one figure.</summary>
/// <param name="Name">Name of the figure.</param>
/// <param name="Files">Paths of its files, description, data and caption first, then the pictures that were drawn.</param>
public sealed record FigureResult(string Name, IReadOnlyList<string> Files);
