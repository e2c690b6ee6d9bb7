using System.Numerics;
using SpecGD.Numerics;

namespace SpecGD.Optimizers.Parameters;

/// <summary>The pieces of Muon that are the same whatever the model: momentum, Nesterov's look-ahead, the step.</summary>
public static class MuonMath
{
    /// <summary>m ← lerp(m, G, 1 − μ) = μ m + (1 − μ) G.</summary>
    public static void Accumulate<T>(Matrix<T> momentum, Matrix<T> gradient, double mu)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        momentum.Scale(T.CreateChecked(mu));
        momentum.AddScaled(T.CreateChecked(1 - mu), gradient);
    }

    /// <summary>u ← lerp(G, m, μ) = (1 − μ) G + μ m.</summary>
    public static void LookAhead<T>(Matrix<T> gradient, Matrix<T> momentum, double mu, Matrix<T> direction)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        gradient.CopyTo(direction);
        direction.Scale(T.CreateChecked(1 - mu));
        direction.AddScaled(T.CreateChecked(mu), momentum);
    }

    /// <summary>W ← W(1 − lr·wd) − lr·scale·O.</summary>
    public static void Step<T>(Matrix<T> weight, Matrix<T> orthogonal, double learningRate, double scale, double weightDecay)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (weightDecay != 0)
            weight.Scale(T.CreateChecked(1 - (learningRate * weightDecay)));
        weight.AddScaled(T.CreateChecked(-learningRate * scale), orthogonal);
    }
}
