using System.Globalization;
using System.Numerics;
using SpecGD.Numerics;
using SpecGD.Numerics.Communication;
using SpecGD.Optimizers.Parameters;

namespace SpecGD.Training.Gpt;

/// <summary>Looks for entries of the gradient that are no finite numbers.</summary>
internal static class GradientCheck
{
    /// <summary>The first tensor with such an entry, as a sentence; null where there is none. Each rank looks at its own pieces; all answer alike.</summary>
    public static string? Problem<T>(ParameterOptimizer<T> optimizer, ICollective collective, int step)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var order = optimizer.Pieces.Index().ToDictionary(entry => entry.Item, entry => entry.Index);
        double first = double.PositiveInfinity, value = 0;
        foreach (var (piece, gradient) in optimizer.OwnGradients)
        {
            T largest = gradient.LargestMagnitude();
            if (T.IsFinite(largest))
                continue;
            (first, value) = (order[piece], double.CreateChecked(largest));
            break;
        }
        double[] places = collective.All(first), values = collective.All(value);
        int rank = Array.IndexOf(places, places.Min());
        if (double.IsPositiveInfinity(places[rank]))
            return null;
        string name = optimizer.Pieces[(int)places[rank]].Tensor.Name;
        return string.Create(CultureInfo.InvariantCulture, $"The gradient of {name} at step {step} has an entry that is {values[rank]}.");
    }
}
