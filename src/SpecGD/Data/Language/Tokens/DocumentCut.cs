namespace SpecGD.Data.Language.Tokens;

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
