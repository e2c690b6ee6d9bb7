using System.Text.Json.Nodes;
using SpecGD.Data.Language.Tokens;
using SpecGD.Records;

namespace SpecGD.Training.Gpt;

/// <summary>Tokens in memory, read one sequence behind the other.</summary>
public sealed class MemoryTokens : ITokenSource
{
    private readonly ReadOnlyMemory<ushort> _tokens;
    private readonly int _length, _perStep;
    private readonly bool _repeats;
    private int _position;

    /// <summary>A source at its start.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="length">T, tokens of a sequence.</param>
    /// <param name="perStep">Sequences of a step.</param>
    /// <param name="repeats">Whether reading starts again when the tokens end; else that is an error.</param>
    /// <exception cref="BadInputException">There are not enough for one sequence.</exception>
    public MemoryTokens(ReadOnlyMemory<ushort> tokens, int length, int perStep, bool repeats = true)
    {
        if (tokens.Length <= length)
            throw new BadInputException($"A sequence of {Counted.Of(length, "token")} and its last target do not fit into {Counted.Of(tokens.Length, "token")}.");
        (_tokens, _length, _perStep, _repeats) = (tokens, length, perStep, repeats);
    }

    /// <summary>Steps of one pass that is not followed by another.</summary>
    public PassLength OnePass => new((_tokens.Length - 1) / _length / _perStep, IsWhole: true);

    /// <inheritdoc/>
    public IReadOnlyList<ReadOnlyMemory<ushort>> Next()
    {
        var sequences = new ReadOnlyMemory<ushort>[_perStep];
        int position = _position;
        foreach (ref var sequence in sequences.AsSpan())
        {
            if (position + _length + 1 > _tokens.Length)
                position = _repeats ? 0 : throw RanOut();
            sequence = _tokens.Slice(position, _length + 1);
            position += _length;
        }
        _position = position;
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
            : throw new BadInputException("The saved position in the tokens lies outside them: it is of other data.");
    }

    private BadInputException RanOut() =>
        new($"The training data ran out: all {Counted.Of(_tokens.Length, "token")} have been read. "
            + "More text, fewer steps, or --repeat, which begins again from the first, would do.");
}
