using SpecGD.Optimizers.Parameters;

namespace SpecGD.Training.Gpt;

/// <summary>How long a GPT is trained and what happens when. The defaults are those of the modded-NanoGPT snapshot.</summary>
public sealed record GptTrainingPlan
{
    /// <summary>Tokens of an attention block.</summary>
    private const int BlockSize = 128;

    /// <summary>Throws unless an option of that name has a number of tokens that attention can divide into blocks.</summary>
    /// <exception cref="BadInputException">It is no multiple of 128.</exception>
    public static void RequireBlocks(string option, int tokens)
    {
        if (tokens % BlockSize != 0)
            throw new BadInputException($"{option} takes a multiple of {BlockSize}; {tokens} is none.");
    }

    /// <summary>Steps of the run.</summary>
    public int Steps { get; init; } = 1750;

    /// <summary>T, tokens of a sequence, a multiple of 128.</summary>
    public int Length { get; init; } = 48 * 1024;

    /// <summary>
    /// Ranks of the snapshot, which averages the gradient over them and sums it within one: the sum over a step's sequences is divided by this,
    /// however many processes there are.
    /// </summary>
    public int Ranks { get; init; } = 8;

    /// <summary>The long attention window at the end of the run, in tokens.</summary>
    public int LargestWindow { get; init; } = 1728;

    /// <summary>Validation before the update of every so many steps, from 0, and after the last; 0 for none but the last.</summary>
    public int ValidateEvery { get; init; } = 125;

    /// <summary>Spectral measures before the update of every so many steps, and at step 2, never at 0 and 1; 0 for none.</summary>
    public int TrackEvery { get; init; } = 100;

    /// <summary>A checkpoint after every so many steps; 0 for none but the last.</summary>
    public int CheckpointEvery { get; init; } = 250;

    /// <summary>Share of the run, at its end, in which the learning rates fall.</summary>
    public double Cooldown { get; init; } = 0.45;

    /// <summary>The factor on the learning rates to which they fall.</summary>
    public double CooldownFloor { get; init; } = 0.1;

    /// <summary>The factor on all learning rates over the run.</summary>
    public CooldownSchedule Schedule => new(Steps) { Cooldown = Cooldown, Floor = CooldownFloor };

    /// <summary>The long window at a step, in blocks of 128 tokens: ⌈1728·step/steps / 128⌉, at least 1.</summary>
    public int WindowBlocks(int step) => Math.Max(1, (int)Math.Ceiling((double)LargestWindow * step / Steps / BlockSize));

    /// <summary>Whether validation comes before the update of <paramref name="step"/>, or after the last.</summary>
    public bool ValidatesAt(int step) => step == Steps || (ValidateEvery > 0 && step % ValidateEvery == 0);

    /// <summary>Whether the measures are taken at <paramref name="step"/>.</summary>
    public bool TracksAt(int step) => TrackEvery > 0 && (step == 2 || (step > 1 && step % TrackEvery == 0));

    /// <summary>Whether a checkpoint follows when <paramref name="done"/> steps are done.</summary>
    public bool KeepsAfter(int done) => done == Steps || (CheckpointEvery > 0 && done % CheckpointEvery == 0);
}
