using System.Numerics.Tensors;
using SpecGD.Numerics;

namespace SpecGD.Spectral;

/// <summary>
/// ‖W‖_op of a weight along a trajectory, to the same 1e-12 as <see cref="Measures.OperatorNorm"/> but in fewer steps: the Lanczos process starts from
/// the top direction of the measurement before, as long as that cannot mislead it.
/// <para>
/// A process that starts from one singular direction never sees another that has overtaken it. So an anchor is remembered, the weight W₀ of the last
/// measurement from a random start, with s₁ and a bound on s₂. While ‖W − W₀‖_F ≤ (s₁ − s₂)/4, Weyl's inequality keeps every other singular
/// value of W below s₂ + ‖W − W₀‖_F, and Wedin's theorem keeps the top directions of W₀, of the measurement before and of W within 40° of one
/// another: the start has most of its length along the direction that is looked for, and the bound on the others gives the error a rigorous bound (Kato
/// and Temple). Once W has moved further, a random start makes a new anchor.
/// </para>
/// </summary>
public sealed class TrackedOperatorNorm
{
    /// <summary>Largest share of the gap s₁ − s₂ by which the weight may have moved from its anchor.</summary>
    private const double LargestMove = 0.25;

    /// <summary>A smaller gap, as a share of s₁, is hardly more than the rounding of the two.</summary>
    private const double LeastGap = 1e-9;

    private Matrix<double> _anchor, _direction;
    private double _gap, _second;

    /// <summary>How many measurements started from the one before.</summary>
    internal int WarmStarts { get; private set; }

    /// <summary>True while an anchor is remembered.</summary>
    private bool IsAnchored => _gap > 0;

    /// <summary>‖W‖_op.</summary>
    /// <param name="weight">W, of the same shape at every call.</param>
    /// <exception cref="NonFiniteMatrixException">An entry is NaN or infinite.</exception>
    public double Of(Matrix<double> weight)
    {
        using var scaled = new Scaled<double>(weight);
        bool isPlain = !scaled.IsZero && scaled.Restore(1) == 1; // powers of two are taken out where squares would leave the range
        if (!isPlain || !TopSingularValue.TakesSteps(weight))
        {
            _gap = 0;
            return Measures.OperatorNorm(weight);
        }
        double moved = IsAnchored ? Distance(weight, _anchor) : double.PositiveInfinity;
        return moved <= LargestMove * _gap ? Warm(weight, moved) : Cold(weight);
    }

    /// <summary>What is remembered between two measurements.</summary>
    /// <param name="Gap">s₁ − s₂ at the anchor, at least.</param>
    /// <param name="Second">s₂ at the anchor, at most.</param>
    /// <param name="Anchor">W₀, out × in.</param>
    /// <param name="Direction">The unit vector of the last measurement's s₁ on the smaller side, 1 × min(out, in).</param>
    public sealed record Memory(double Gap, double Second, Matrix<double> Anchor, Matrix<double> Direction);

    /// <summary>What is remembered, the matrices shared; null where it is nothing.</summary>
    public Memory? Remembered => IsAnchored ? new Memory(_gap, _second, _anchor, _direction) : null;

    /// <summary>Remembers what another measured, so that both go on to the same last bit.</summary>
    public void Remember(Memory memory)
    {
        ArgumentNullException.ThrowIfNull(memory);
        (_gap, _second, _anchor, _direction) = (memory.Gap, memory.Second, memory.Anchor.Clone(), memory.Direction.Clone());
    }

    private double Warm(Matrix<double> weight, double moved)
    {
        double others = _second + moved;
        var top = TopSingularValue.Find(weight, new TopSingularValue.Beginning<double>(_direction.Row(0), others * others), _direction.Row(0));
        WarmStarts++;
        return Math.Sqrt(top.Largest);
    }

    private double Cold(Matrix<double> weight)
    {
        if (_anchor.IsEmpty)
            (_anchor, _direction) = (new(weight.Rows, weight.Columns), new(1, Math.Min(weight.Rows, weight.Columns)));
        var top = TopSingularValue.Find(weight, TopSingularValue.Beginning<double>.Anywhere, _direction.Row(0));
        double first = Math.Sqrt(top.Largest);
        _second = Math.Sqrt(top.OthersAtMost ?? double.PositiveInfinity);
        _gap = first - _second > LeastGap * first ? first - _second : 0; // where nothing separates the top the next start is random again
        if (IsAnchored)
            weight.CopyTo(_anchor);
        return first;
    }

    private static double Distance(Matrix<double> a, Matrix<double> b)
    {
        double sum = 0;
        for (int i = 0; i < a.Rows; i++)
        {
            double distance = TensorPrimitives.Distance<double>(a.Row(i), b.Row(i));
            sum += distance * distance;
        }
        return Math.Sqrt(sum);
    }
}
