namespace SpecGD.Data.Language.Tokens;

/// <summary>Where the sequences of one step lie in a shard.</summary>
/// <param name="Starts">Index of the first token of each; fewer than a step has where the shard ends before.</param>
/// <param name="End">Where the next step begins to look.</param>
internal readonly record struct StepPlaces(IReadOnlyList<int> Starts, int End);

/// <summary>A way to cut sequences out of a shard.</summary>
internal interface ISequenceCut
{
    /// <summary>Tokens that must be left of a shard for a step to be looked for in it.</summary>
    long Ahead { get; }

    /// <summary>What to do where a whole shard has no room for a step, behind a colon.</summary>
    string Advice { get; }

    /// <summary>The first step at or after <paramref name="offset"/>.</summary>
    StepPlaces Find(ITokenShard shard, int offset);
}

/// <summary>Sequences one behind the other, wherever documents begin.</summary>
internal sealed class ContiguousCut(SequenceOptions options) : ISequenceCut
{
    /// <inheritdoc/>
    public long Ahead => options.StepTokens + 1; // the last target

    /// <inheritdoc/>
    public string Advice => "fewer --sequences or a smaller --length would do";

    /// <inheritdoc/>
    public StepPlaces Find(ITokenShard shard, int offset)
    {
        int room = Math.Max(0, (shard.Count - 1 - offset) / options.Length);
        int[] starts = [.. Enumerable.Range(0, Math.Min(options.PerStep, room)).Select(i => offset + (i * options.Length))];
        return new StepPlaces(starts, offset + (starts.Length * options.Length));
    }
}

/// <summary>
/// Sequences that begin at documents, by the reference's rule: from the first document on, the first later one that lies at least T tokens on ends
/// a sequence and begins the next; what is left before it is skipped.
/// </summary>
/// <param name="options">Length and number of the sequences.</param>
/// <param name="longest">Tokens of the longest shard: where no shard has the look-ahead, it is halved until one has, down to the tokens of a step.</param>
internal sealed class DocumentCut(SequenceOptions options, int longest) : ISequenceCut
{
    private readonly DocumentScan _scan = new(options.EndOfText);

    /// <inheritdoc/>
    public long Ahead { get; } = AheadOf(options, longest);

    /// <inheritdoc/>
    public string Advice =>
        $"--align-documents false lets sequences begin anywhere, and fewer --sequences may do; documents begin with the token {options.EndOfText}";

    /// <inheritdoc/>
    public StepPlaces Find(ITokenShard shard, int offset)
    {
        var starts = new List<int>(options.PerStep);
        int start = _scan.Next(shard, offset);
        while (start >= 0 && starts.Count < options.PerStep)
        {
            int end = _scan.Next(shard, (long)start + options.Length);
            if (end < 0)
                break;
            starts.Add(start);
            start = end;
        }
        return new StepPlaces(starts, start);
    }

    /// <summary>The look-ahead W, one token behind it, and, as in the reference, one more.</summary>
    private static long AheadOf(SequenceOptions options, int longest)
    {
        long ahead = options.LookAhead * options.StepTokens;
        while (ahead + 2 > longest && ahead > options.StepTokens)
            ahead = Math.Max(options.StepTokens, ahead / 2);
        return Math.Min(ahead + 2, longest);
    }
}
