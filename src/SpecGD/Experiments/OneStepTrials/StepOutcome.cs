using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Experiments.OneStepTrials;

/// <summary>What came of one kind of step from an iterate.</summary>
/// <param name="Guarantee">The decrease that the one-step model guarantees.</param>
/// <param name="Decrease">The true decrease of that very step; negative where the loss rose, NaN where it left the numbers.</param>
/// <param name="Halvings">
/// How often the step had to be halved until the decrease was as large as guaranteed for it: the curvature that the step meets is up to 2^Halvings
/// times that of the model. 0 where the guarantee was kept; NaN where no step kept it.
/// </param>
/// <param name="Kept">The true decrease of the step that kept its guarantee.</param>
/// <param name="Best">The largest decrease as that step is doubled for as long as it pays: what the direction is worth when its step is tuned.</param>
public sealed record StepOutcome(double Guarantee, double Decrease, double Halvings, double Kept, double Best)
{
    /// <summary>The step gets no smaller and no larger than this power of two times that of the model.</summary>
    private const int MostHalvings = 30, MostDoublings = 30;

    /// <summary>
    /// Where the polar factor has full rank and the loss is quadratic, the spectral guarantee is met with equality, so that rounding decides: a share
    /// of the guarantee, and of the loss of which the decrease is a difference.
    /// </summary>
    private const double Slack = 1e-6, LossRounding = 1e-14;

    /// <summary>The outcome as the log has it.</summary>
    public JsonObject ToJson() => new()
    {
        ["guarantee"] = JsonNumber.From(Guarantee),
        ["decrease"] = JsonNumber.From(Decrease),
        ["halvings"] = JsonNumber.From(Halvings),
        ["kept"] = JsonNumber.From(Kept),
        ["best"] = JsonNumber.From(Best),
    };

    /// <summary>The outcome that <see cref="ToJson"/> made; NaN where a number is missing.</summary>
    public static StepOutcome FromJson(JsonNode? node)
    {
        double Number(string name) => JsonNumber.Of((node as JsonObject)?[name]) ?? double.NaN;
        return new StepOutcome(Number("guarantee"), Number("decrease"), Number("halvings"), Number("kept"), Number("best"));
    }

    /// <summary>Takes the steps of the layers, all of them at once, halves them until they keep their guarantee, doubles them while it pays, and puts the layers back.</summary>
    /// <param name="layers">The layers that move.</param>
    /// <param name="isSpectral">Which of them take the spectral step.</param>
    /// <param name="loss">The loss at the weights as they are.</param>
    /// <param name="before">The loss at the iterate.</param>
    internal static StepOutcome Of(IReadOnlyList<SteppedLayer> layers, Func<SteppedLayer, bool> isSpectral, Func<double> loss, double before)
    {
        double guarantee = layers.Sum(layer => layer.Guarantee(isSpectral(layer))), first = double.NaN;
        try
        {
            for (int halvings = 0; halvings <= MostHalvings; halvings++)
            {
                double share = Math.Pow(0.5, halvings), decrease = DecreaseOf(share);
                if (halvings == 0)
                    first = double.IsFinite(decrease) ? decrease : double.NaN;
                if (decrease >= (share * guarantee * (1 - Slack)) - (LossRounding * before)) // not so for NaN
                    return new StepOutcome(guarantee, first, halvings, decrease, Doubled(share, decrease));
            }
            return new StepOutcome(guarantee, first, double.NaN, double.NaN, double.NaN);
        }
        finally
        {
            foreach (var layer in layers)
                layer.PutBack();
        }

        double DecreaseOf(double share)
        {
            foreach (var layer in layers)
                layer.Move(isSpectral(layer), share);
            return before - loss();
        }

        double Doubled(double share, double best)
        {
            for (int doublings = 1; doublings <= MostDoublings; doublings++)
            {
                double decrease = DecreaseOf(share * Math.Pow(2, doublings));
                if (!(decrease > best))
                    break;
                best = decrease;
            }
            return best;
        }
    }
}
