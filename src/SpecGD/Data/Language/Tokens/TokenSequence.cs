namespace SpecGD.Data.Language.Tokens;

/// <summary>One sequence to predict: T inputs, and as targets the same shifted by one.</summary>
/// <param name="Tokens">T + 1 consecutive tokens.</param>
public readonly record struct TokenSequence(ReadOnlyMemory<ushort> Tokens)
{
    /// <summary>T, the number of inputs and of targets.</summary>
    public int Length => Tokens.Length - 1;

    /// <summary>The tokens that the model sees.</summary>
    public ReadOnlyMemory<ushort> Inputs => Tokens[..^1];

    /// <summary>For each input the token that follows it.</summary>
    public ReadOnlyMemory<ushort> Targets => Tokens[1..];
}
