using SpecGD.Numerics;
using SpecGD.Spectral;

namespace SpecGD.Optimizers;

/// <summary>A way to the polar factor of an update direction, exact or by a fixed number of products.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Apply">From M, rows × columns, into another matrix of the same shape, with singular values near 1; nothing is allocated.</param>
public sealed record Orthogonalizer(string Name, Action<Matrix<double>, Matrix<double>> Apply)
{
    /// <summary>Five quintic Newton–Schulz steps, as Muon is usually run.</summary>
    public static Orthogonalizer NewtonSchulz { get; } = new("newton-schulz", static (m, into) => Orthogonalization.NewtonSchulz(m, into));

    /// <summary>Eight Polar Express steps.</summary>
    public static Orthogonalizer PolarExpress { get; } = new("polar-express", static (m, into) => Orthogonalization.PolarExpress(m, into));

    /// <summary>The polar factor itself.</summary>
    public static Orthogonalizer Exact { get; } = new("exact", static (m, into) => Polar.Decompose(m, into));

    /// <summary>The names of all, separated by commas.</summary>
    public const string Names = "newton-schulz,polar-express,exact";

    /// <summary>The one called <paramref name="name"/>.</summary>
    /// <exception cref="BadInputException">There is none of that name.</exception>
    public static Orthogonalizer Named(string name) =>
        new[] { NewtonSchulz, PolarExpress, Exact }.FirstOrDefault(o => o.Name == name)
        ?? throw new BadInputException($"There is no orthogonalizer '{name}'; there are {Names}.{Spelling.Hint(name, Names)}");
}
