using SpecGD.Numerics;

namespace SpecGD.Models;

/// <summary>
/// An activation function by its name in the authors' scripts. A gated one takes two pre-activations, z₁ and z₂, and gives silu(z₁) ∘ z₂; the others take one,
/// elementwise.
/// </summary>
public sealed class Activation
{
    /// <summary>Every name, comma-separated, for declarations of settings.</summary>
    public const string Names = "relu,relu_square,gelu,sigmoid,tanh,swiglu";

    private static readonly Dictionary<string, Activation> All = new[]
    {
        new Activation("relu", static t => Math.Max(0, t)),
        new Activation("relu_square", static t => t > 0 ? t * t : 0),
        new Activation("gelu", static t => 0.5 * t * (1 + SpecialFunctions.Erf(t / Math.Sqrt(2)))),
        new Activation("sigmoid", static t => 1 / (1 + Math.Exp(-t))),
        new Activation("tanh", Math.Tanh),
        new Activation("swiglu", Silu) { IsGated = true },
    }.ToDictionary(a => a.Name);

    private readonly Func<double, double> _function;

    private Activation(string name, Func<double, double> function)
    {
        Name = name;
        _function = function;
    }

    /// <summary>Name in options and logs.</summary>
    public string Name { get; }

    /// <summary>True where a second pre-activation multiplies the first one's value.</summary>
    public bool IsGated { get; private init; }

    /// <summary>The activation called <paramref name="name"/>.</summary>
    /// <exception cref="BadInputException">There is none of that name.</exception>
    public static Activation Named(string name) =>
        All.GetValueOrDefault(name) ?? throw new BadInputException($"There is no activation '{name}'; there are {Names.Replace(",", ", ", StringComparison.Ordinal)}.");

    /// <summary>silu(t) = t/(1 + e^(−t)).</summary>
    public static double Silu(double t) => t / (1 + Math.Exp(-t));

    /// <summary>z ← σ(z), elementwise.</summary>
    public void Apply(Matrix<double> z)
    {
        for (int i = 0; i < z.Rows; i++)
            foreach (ref double t in z.Row(i))
                t = _function(t);
    }
}
