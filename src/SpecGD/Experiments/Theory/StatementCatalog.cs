namespace SpecGD.Experiments.Theory;

/// <summary>Every statement of the paper about random initialisation that is checked, in the paper's order.</summary>
public static class StatementCatalog
{
    /// <summary>The names of <see cref="All"/>, comma-separated, for the declaration of a setting.</summary>
    public const string Names = "thm2.6,thm2.7,thm2.8,lem2.9,prop2.14,cor2.15,cor2.15-depth,phi,sec3.1.1,sec3-start,lem3.5,sec3-window";

    /// <summary>The statements.</summary>
    public static IReadOnlyList<Statement> All { get; } =
        [.. RandomFeatureStatements.All, .. TransformerStatements.All, .. CovarianceStatements.All, .. GradientRankStatements.All];

    /// <summary>The statement called <paramref name="name"/>.</summary>
    /// <exception cref="BadInputException">There is none of that name.</exception>
    public static Statement Named(string name) =>
        All.FirstOrDefault(statement => statement.Name == name)
        ?? throw new BadInputException($"There is no statement '{name}'; there are {string.Join(", ", All.Select(s => s.Name))}.{Spelling.Hint(name, All.Select(s => s.Name))}");
}
