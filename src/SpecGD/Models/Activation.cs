using SpecGD.Numerics;

namespace SpecGD.Models;

/// <summary>
/// An activation function by its name in the authors' scripts, forward beside backward. Most take one pre-activation z, elementwise. A gated one
/// takes two side by side in a row, z₁ then z₂, and gives silu(z₁) ∘ z₂.
/// </summary>
public abstract class Activation
{
    /// <summary>Every name, comma-separated, for declarations of settings.</summary>
    public const string Names = "relu,relu_square,gelu,sigmoid,tanh,swiglu";

    private static readonly Dictionary<string, Activation> All = new Activation[]
    {
        new Elementwise("relu", static t => Math.Max(0, t), static t => t > 0 ? 1 : 0),
        new ReluSquareActivation(),
        new Elementwise("gelu", static t => t * NormalDistribution(t), static t => NormalDistribution(t) + (t * NormalDensity(t))),
        new Elementwise("sigmoid", Sigmoid, static t => Sigmoid(t) * (1 - Sigmoid(t))),
        new Elementwise("tanh", Math.Tanh, static t => 1 - (Math.Tanh(t) * Math.Tanh(t))),
        new SwiGluActivation(),
    }.ToDictionary(a => a.Name);

    private Activation(string name, int parts)
    {
        Name = name;
        Parts = parts;
    }

    /// <summary>Name in options and logs.</summary>
    public string Name { get; }

    /// <summary>Pre-activations for each value: 2 for a gated activation, else 1.</summary>
    public int Parts { get; }

    /// <summary>True where a second pre-activation multiplies the first one's value.</summary>
    public bool IsGated => Parts == 2;

    /// <summary>The activation called <paramref name="name"/>.</summary>
    /// <exception cref="BadInputException">There is none of that name.</exception>
    public static Activation Named(string name) =>
        All.GetValueOrDefault(name)
            ?? throw new BadInputException($"There is no activation '{name}'; there are {Names.Replace(",", ", ", StringComparison.Ordinal)}.{Spelling.Hint(name, Names)}");

    /// <summary>
    /// q·t for t ≥ 0 and p·t for t &lt; 0: the ReLU for slopes (1, 0), |t| for (1, −1), linear for q = p. A family, so it has no name in <see
    /// cref="Names"/>.
    /// </summary>
    public static Activation LeakyRelu(double q, double p) => new Elementwise("leaky_relu", t => t > 0 ? q * t : p * t, t => t > 0 ? q : p);

    /// <summary>t², which the theory knows and no trained network here uses, so it has no name in <see cref="Names"/>.</summary>
    public static Activation Square { get; } = new Elementwise("square", static t => t * t, static t => 2 * t);

    /// <summary>a ← σ(z), row by row; z has <see cref="Parts"/> times the columns of a.</summary>
    public void Forward(Matrix<double> z, Matrix<double> a)
    {
        for (int i = 0; i < a.Rows; i++)
            Forward(z.Row(i), a.Row(i));
    }

    /// <summary>dz ← ∂L/∂z for ∂L/∂a = da at the pre-activations z, row by row.</summary>
    public void Backward(Matrix<double> z, Matrix<double> da, Matrix<double> dz)
    {
        for (int i = 0; i < da.Rows; i++)
            Backward(z.Row(i), da.Row(i), dz.Row(i));
    }

    /// <summary>a ← σ(z) for one row.</summary>
    protected abstract void Forward(ReadOnlySpan<double> z, Span<double> a);

    /// <summary>dz ← ∂L/∂z for one row.</summary>
    protected abstract void Backward(ReadOnlySpan<double> z, ReadOnlySpan<double> da, Span<double> dz);

    private static double Sigmoid(double t) => 1 / (1 + Math.Exp(-t));

    private static double NormalDistribution(double t) => 0.5 * (1 + SpecialFunctions.Erf(t / Math.Sqrt(2)));

    private static double NormalDensity(double t) => Math.Exp(-0.5 * t * t) / Math.Sqrt(2 * Math.PI);

    private sealed class Elementwise(string name, Func<double, double> function, Func<double, double> derivative) : Activation(name, parts: 1)
    {
        protected override void Forward(ReadOnlySpan<double> z, Span<double> a)
        {
            for (int j = 0; j < a.Length; j++)
                a[j] = function(z[j]);
        }

        protected override void Backward(ReadOnlySpan<double> z, ReadOnlySpan<double> da, Span<double> dz)
        {
            for (int j = 0; j < da.Length; j++)
                dz[j] = da[j] * derivative(z[j]);
        }
    }

    private sealed class ReluSquareActivation() : Activation("relu_square", parts: 1)
    {
        protected override void Forward(ReadOnlySpan<double> z, Span<double> a) => ReluSquare.Forward(z, a);

        protected override void Backward(ReadOnlySpan<double> z, ReadOnlySpan<double> da, Span<double> dz) => ReluSquare.Backward(z, da, dz);
    }

    private sealed class SwiGluActivation() : Activation("swiglu", parts: 2)
    {
        protected override void Forward(ReadOnlySpan<double> z, Span<double> a) => SwiGlu.Forward(z, a);

        protected override void Backward(ReadOnlySpan<double> z, ReadOnlySpan<double> da, Span<double> dz) => SwiGlu.Backward(z, da, dz);
    }
}
