namespace SpecGD.Data.Language.Tokens;

/// <summary>How training sequences are cut out of shards.</summary>
/// <param name="Length">T, tokens in a sequence.</param>
/// <param name="PerStep">Sequences in a step, over all ranks.</param>
/// <param name="EndOfText">The token that begins a document: 50256 of GPT-2, 256 of bytes.</param>
/// <param name="Repeat">Whether the first shard follows the last; else running out of data is an error.</param>
/// <param name="LookAhead">
/// How many times the tokens of a step must be left of a shard for a step to be looked for there; the reference has 2. A step is looked for beyond
/// that, to the end of the shard, where its sequences do not lie within.
/// </param>
/// <param name="AlignDocuments">Whether every sequence begins at a document; else they follow one another wherever documents begin.</param>
public sealed record SequenceOptions(
    int Length, int PerStep, ushort EndOfText, bool Repeat = false, int LookAhead = 2, bool AlignDocuments = true)
{
    /// <summary>Tokens of a step.</summary>
    public long StepTokens => (long)PerStep * Length;
}
