using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Training.Gpt;

/// <summary>
/// Where training takes its tokens from. Its state (<see cref="IStateful"/>) is where it stands, so that a run that goes on sees the same
/// sequences as one that was never interrupted.
/// </summary>
public interface ITokenSource : IStateful
{
    /// <summary>The sequences of the next step, each of T + 1 tokens: the inputs, and one on their targets.</summary>
    /// <exception cref="BadInputException">The data ran out.</exception>
    IReadOnlyList<ReadOnlyMemory<ushort>> Next();
}

/// <summary>Tokens in memory, read one sequence behind the other and from the start again when they end.</summary>
public sealed class MemoryTokens : ITokenSource
{
    private readonly ReadOnlyMemory<ushort> _tokens;
    private readonly int _length, _perStep;
    private int _position;

    /// <summary>A source at its start.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="length">T, tokens of a sequence.</param>
    /// <param name="perStep">Sequences of a step.</param>
    /// <exception cref="BadInputException">There are not enough for one sequence.</exception>
    public MemoryTokens(ReadOnlyMemory<ushort> tokens, int length, int perStep)
    {
        if (tokens.Length <= length)
            throw new BadInputException($"A sequence of {length} tokens and its last target do not fit into {tokens.Length} tokens.");
        (_tokens, _length, _perStep) = (tokens, length, perStep);
    }

    /// <inheritdoc/>
    public IReadOnlyList<ReadOnlyMemory<ushort>> Next()
    {
        var sequences = new ReadOnlyMemory<ushort>[_perStep];
        foreach (ref var sequence in sequences.AsSpan())
        {
            if (_position + _length + 1 > _tokens.Length)
                _position = 0;
            sequence = _tokens.Slice(_position, _length + 1);
            _position += _length;
        }
        return sequences;
    }

    /// <inheritdoc/>
    public JsonNode CaptureState() => new JsonObject { ["position"] = _position };

    /// <inheritdoc/>
    public void RestoreState(JsonNode state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _position = JsonNumber.Of(state["position"]) is { } at && at >= 0 && at <= _tokens.Length
            ? (int)at
            : throw new BadInputException("The kept position in the tokens lies outside them: it is of other data.");
    }
}
