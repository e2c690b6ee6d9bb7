namespace SpecGD.Data.Language.Tokens;

/// <summary>How many steps one pass over training data is.</summary>
/// <param name="Steps">The number of steps that were found.</param>
/// <param name="IsWhole">Whether these are all; else counting ended with as many as were asked for.</param>
public readonly record struct PassLength(long Steps, bool IsWhole);
