using System.Globalization;
using SpecGD.Data.Language.Tokens;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>How often a run reads its training tokens.</summary>
/// <param name="Steps">Steps of the run.</param>
/// <param name="StepTokens">Tokens of a step.</param>
/// <param name="Tokens">Training tokens, each once.</param>
/// <param name="OnePass">Steps of one pass, counted to its end or at least as far as the run goes.</param>
/// <param name="Repeats">Whether reading them more than once was asked for.</param>
/// <param name="IsAligned">Whether sequences begin at documents.</param>
public sealed record NanoGptPasses(int Steps, long StepTokens, long Tokens, PassLength OnePass, bool Repeats, bool IsAligned)
{
    /// <summary>Where documents leave less than this of the tokens to be trained on, the user should know.</summary>
    private const double LeastUse = 0.5;

    /// <summary>Passes over the tokens: steps over those of a pass, and where that is not known, or less than a step, tokens over tokens.</summary>
    public double Passes => OnePass is { IsWhole: true, Steps: > 0 } ? (double)Steps / OnePass.Steps : (double)Steps * StepTokens / Tokens;

    private long StepsOfPass => OnePass.Steps;

    /// <summary>Those of a run.</summary>
    /// <exception cref="BadInputException">A whole shard holds too few places for a step.</exception>
    public static NanoGptPasses Of(NanoGptOptions options, NanoGptData data)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(data);
        options = options.FittedTo(data);
        int steps = options.Plan().Steps;
        return new NanoGptPasses(
            steps,
            options.TokensPerStep(),
            data.TrainingTokens,
            data.OnePass(options, steps),
            options.Repeats,
            data.AlignsDocuments);
    }

    /// <summary>A sentence where the run needs more than there is and repeating was not asked for; else null.</summary>
    public string? Shortage
    {
        get
        {
            if (Repeats || Steps <= StepsOfPass)
                return null;
            string fewer = StepsOfPass == 0 ? "smaller --sequences or --length" : $"--steps {StepsOfPass} or fewer, --epochs and a number of passes";
            return $"{Counted.Of(Steps, "step")} of {Counted.Of(StepTokens, "token")} {Counted.Noun(StepTokens, "is")} more than there is to train on: one pass over the {Counted.Of(Tokens, "training token")} is {Room}"
                + $"{Use()}. Give {fewer}, --repeat to begin again from the first whenever they end, or more data.";
        }
    }

    private string Room => StepsOfPass == 0 ? "less than one step" : Counted.Of(StepsOfPass, "step");

    /// <summary>How often the tokens are read, as a sentence.</summary>
    public string Sentence => Steps <= StepsOfPass
        ? Text($"training reads {Steps * StepTokens} of the {Counted.Of(Tokens, "training token")}, none of them twice{Use()}")
        : Text($"training passes {Passes:0.##} times over the {Counted.Of(Tokens, "training token")}, {Room} a pass{Use()}");

    /// <exception cref="BadInputException">The run needs more than there is.</exception>
    public void Require()
    {
        if (Shortage is { } shortage)
            throw new BadInputException(shortage);
    }

    /// <summary>A clause where documents leave much unused: known where a pass was counted to its end.</summary>
    private string Use()
    {
        double use = (double)StepsOfPass * StepTokens / Tokens;
        return IsAligned && OnePass is { IsWhole: true, Steps: > 0 } && use < LeastUse
            ? Text($", since sequences that begin at documents use {use:0.#%} of them in a pass; --align-documents false uses all")
            : "";
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
