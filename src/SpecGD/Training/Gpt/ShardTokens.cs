using System.Text.Json.Nodes;
using SpecGD.Data.Language.Tokens;

namespace SpecGD.Training.Gpt;

/// <summary>Token shards as a source of training sequences, each of which begins at a document.</summary>
/// <param name="sequences">Where the shards are read, and in what sequences.</param>
public sealed class ShardTokens(TrainingSequences sequences) : ITokenSource
{
    /// <inheritdoc/>
    public IReadOnlyList<ReadOnlyMemory<ushort>> Next() => [.. sequences.Next().Select(sequence => sequence.Tokens)];

    /// <inheritdoc/>
    public JsonNode? CaptureState() => sequences.CaptureState();

    /// <inheritdoc/>
    public void RestoreState(JsonNode state) => sequences.RestoreState(state);
}
