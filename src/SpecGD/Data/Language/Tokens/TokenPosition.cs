namespace SpecGD.Data.Language.Tokens;

/// <summary>Where reading stands, as a value: put into a checkpoint and set again, the same sequences follow.</summary>
/// <param name="Epoch">How many times the shards have been read to their end.</param>
/// <param name="Shard">Index of the shard.</param>
/// <param name="Offset">Index of the next token in it.</param>
public readonly record struct TokenPosition(int Epoch, int Shard, int Offset);
