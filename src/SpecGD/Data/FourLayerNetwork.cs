using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;

namespace SpecGD.Data;

/// <summary>The weights and targets of the sparse regression: dim → width → width → width → 1 without biases, on y = x₁x₂x₃.</summary>
public static class FourLayerNetwork
{
    /// <summary>Draws W_1 … W_4, out × in, as <c>torch.nn.Linear</c> does; hidden layers are twice as wide before a gate.</summary>
    public static Matrix<double>[] Draw(TorchRandom random, int dim, int width, Activation activation)
    {
        ArgumentNullException.ThrowIfNull(random);
        ArgumentNullException.ThrowIfNull(activation);
        int preActivations = width * activation.Parts;
        return
        [
            random.LinearWeight(preActivations, dim),
            random.LinearWeight(preActivations, width),
            random.LinearWeight(preActivations, width),
            random.LinearWeight(1, width),
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
