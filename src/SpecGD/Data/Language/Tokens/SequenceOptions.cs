namespace SpecGD.Data.Language.Tokens;

/// <summary>How training sequences are cut out of shards.</summary>
/// <param name="Length">T, tokens in a sequence.</param>
/// <param name="PerStep">Sequences in a step, over all ranks.</param>
/// <param name="EndOfText">The token that begins a document: 50256 of GPT-2, 256 of bytes.</param>
/// <param name="Repeat">Whether the first shard follows the last; else running out of data is an error.</param>
/// <param name="LookAhead">
/// How many times the tokens of a step are looked at to find its sequences. The reference's 2 is enough where sequences are longer than most
/// documents.
/// </param>
public sealed record SequenceOptions(int Length, int PerStep, ushort EndOfText, bool Repeat = false, int LookAhead = 2);
