using SpecGD.Data.Language.Tokens;
using SpecGD.Training.Gpt;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>How much a run validates on.</summary>
/// <param name="Length">T, tokens of a sequence.</param>
/// <param name="Sequences">How many.</param>
/// <param name="IsAsked">Whether the user asked for so many; else what is there is taken.</param>
public sealed record NanoGptValidation(int Length, long Sequences, bool IsAsked = false)
{
    /// <summary>Sequences where nothing else is said.</summary>
    private const int UsualSequences = 8;

    private const int BlockSize = 128;

    /// <summary>That of the snapshot: 10,485,760 tokens.</summary>
    public static NanoGptValidation OfSnapshot { get; } = new(262_144, 40);

    /// <summary>What is chosen.</summary>
    /// <param name="Sequences">T + 1 tokens each.</param>
    /// <param name="Remark">What the user should know of it; null where it is what it should be.</param>
    public readonly record struct Chosen(IReadOnlyList<ReadOnlyMemory<ushort>> Sequences, string? Remark);

    /// <summary>What options ask for.</summary>
    /// <param name="preset">The preset's own, where its length of training sequences is kept.</param>
    /// <param name="trainingLength">Tokens of a training sequence.</param>
    /// <param name="tokens">Tokens as they were asked for.</param>
    /// <param name="length">Length as it was asked for.</param>
    /// <exception cref="BadInputException">The length is no multiple of 128, or longer than all the tokens.</exception>
    public static NanoGptValidation Of(NanoGptValidation? preset, int trainingLength, int? tokens, int? length)
    {
        int chosen = length ?? preset?.Length ?? trainingLength;
        GptTrainingPlan.RequireBlocks("--validation-length", chosen);
        long sequences = (tokens ?? preset?.Length * preset?.Sequences ?? (long)UsualSequences * chosen) / chosen;
        return sequences > 0
            ? new NanoGptValidation(chosen, sequences, IsAsked: tokens is not null || length is not null)
            : throw new BadInputException(
                $"--validation-tokens {tokens} are less than one sequence of {Counted.Of(chosen, "token")}; --validation-length makes them shorter.");
    }

    /// <summary>The first sequences of the data; where what is there decides, fewer, and shorter ones where not one of that length is there.</summary>
    /// <exception cref="BadInputException">There are fewer than were asked for.</exception>
    public Chosen Choose(TokenShards data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var sequences = new ValidationSequences(data, Length);
        if (sequences.Count >= Sequences)
            return new Chosen(Read(sequences, Sequences), null);
        if (IsAsked)
            throw new BadInputException($"Validation on {Counted.Of(Sequences, "sequence")} of {Counted.Of(Length, "token")} needs more data: the {Counted.Of(data.TokenCount, "token")} that are "
                + $"held back for it have {sequences.Count}. --validation-tokens and --validation-length ask for less.");
        int length = sequences.Count > 0 ? Length : LongestThatFits(data);
        if (length == 0)
            return new Chosen([], $"nothing is validated on: the {Counted.Of(data.TokenCount, "token")} that are held back for it are too few for one sequence");
        var shorter = new ValidationSequences(data, length);
        var chosen = Read(shorter, Math.Min(Sequences, shorter.Count));
        return new Chosen(chosen, $"validation is on {Counted.Of(chosen.Count, "sequence")} of {Counted.Of(length, "token")} instead of "
            + $"{Sequences} of {Length}: more is not there");
    }

    private static IReadOnlyList<ReadOnlyMemory<ushort>> Read(ValidationSequences sequences, long count) =>
        [.. sequences.Take(count).Select(sequence => sequence.Tokens)];

    /// <summary>The longest sequence, a multiple of the block size, of which the data has one; 0 where they have none.</summary>
    private static int LongestThatFits(TokenShards data) =>
        Math.Max(0, Enumerable.Range(0, data.Count).Max(data.TokensIn) - 2) / BlockSize * BlockSize;
}
