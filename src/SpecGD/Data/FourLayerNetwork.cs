using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;

namespace SpecGD.Data;

/// <summary>The weights and targets of the sparse regression: dim → width → width → width → 1 without biases, on y = x₁x₂x₃.</summary>
public static class FourLayerNetwork
{
    /// <summary>Hidden units for each input, where no width is given: the authors' network is dim → 4·dim → 4·dim → 4·dim → 1.</summary>
    public const int WidthPerDim = 4;

    /// <summary>Draws W_1 … W_4, out × in, as <c>torch.nn.Linear</c> does; hidden layers are twice as wide before a gate.</summary>
    public static Matrix<double>[] Draw(TorchRandom random, int dim, int width, Activation activation) =>
        Draw(random, dim, width, activation, Precision.Full);

    /// <summary>As <see cref="Draw(TorchRandom, int, int, Activation)"/>, drawn in the given precision.</summary>
    public static Matrix<double>[] Draw(TorchRandom random, int dim, int width, Activation activation, Precision precision)
    {
        ArgumentNullException.ThrowIfNull(precision);
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(activation);
        int preActivations = width * activation.Parts;
        return
        [
            precision.LinearWeight(random, preActivations, dim),
            precision.LinearWeight(random, preActivations, width),
            precision.LinearWeight(random, preActivations, width),
            precision.LinearWeight(random, 1, width),
        ];
    }

    /// <summary>y = x₁x₂x₃ for every row of x: samples × 1.</summary>
    public static Matrix<double> ProductOfFirstThree(Matrix<double> inputs)
    {
        var targets = new Matrix<double>(inputs.Rows, 1);
        for (int i = 0; i < inputs.Rows; i++)
            targets[i, 0] = inputs[i, 0] * inputs[i, 1] * inputs[i, 2];
        return targets;
    }
}
