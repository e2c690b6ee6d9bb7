namespace SpecGD.Data.Language.Tokens;

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
