using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Data.Language.Tokens;

/// <summary>
/// The training batches of the NanoGPT run: every sequence begins at a document. The sequences of a step do not depend on how many ranks share them.
/// </summary>
public sealed class TrainingSequences : IStateful, IDisposable
{
    private readonly TokenShards _shards;
    private readonly SequenceOptions _options;
    private readonly ushort[] _lookAhead;
    private ITokenShard? _open;
    private int _openIndex;
    private TokenPosition _position;

    /// <summary>Reads <paramref name="shards"/> from their beginning.</summary>
    /// <exception cref="BadInputException">No shard is long enough for one step.</exception>
    public TrainingSequences(TokenShards shards, SequenceOptions options)
    {
        ArgumentNullException.ThrowIfNull(shards);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Length, 1, nameof(options));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.PerStep, 1, nameof(options));
        _shards = shards;
        _options = options;
        ArgumentOutOfRangeException.ThrowIfLessThan(options.LookAhead, 2, nameof(options));
        long needed = (long)options.LookAhead * options.PerStep * options.Length;
        int longest = Enumerable.Range(0, shards.Count).Max(shards.TokensIn);
        if (needed + 1 >= longest)
            throw new BadInputException($"A step of {options.PerStep} sequences of {options.Length} tokens looks {needed + 2} tokens ahead, "
                + $"and the longest of these {shards.Count} training shards has {longest}: take shorter sequences or longer shards.");
        _lookAhead = new ushort[needed];
    }

    /// <summary>Where the next step begins to look. Setting it goes there.</summary>
    /// <exception cref="BadInputException">It lies outside these shards, so it is of other data.</exception>
    public TokenPosition Position
    {
        get => _position;
        set
        {
            if (value.Epoch < 0
                || value.Shard < 0
                || value.Shard >= _shards.Count
                || value.Offset < 0
                || value.Offset > _shards.TokensIn(value.Shard))
                throw new BadInputException($"Token {value.Offset} of training shard {value.Shard} is not in these {_shards.Count} shards: "
                    + "the position is of other data.");
            _position = value;
        }
    }

    /// <summary>The sequences of the next step, in the order in which they are dealt to ranks; moves on.</summary>
    /// <exception cref="BadInputException">The data ran out, or the documents are too long or too short for these sequences.</exception>
    public IReadOnlyList<TokenSequence> Next()
    {
        var shard = Arrange();
        shard.Read(_position.Offset, _lookAhead);
        var sequences = new List<TokenSequence>(_options.PerStep);
        int start = _lookAhead.AsSpan().IndexOf(_options.EndOfText), end = start;
        while (end >= 0 && sequences.Count < _options.PerStep)
        {
            end = NextDocument(start + _options.Length);
            if (end < 0)
                break;
            sequences.Add(new TokenSequence(_lookAhead.AsSpan(start, _options.Length + 1).ToArray()));
            start = end;
        }
        if (sequences.Count < _options.PerStep)
            throw new BadInputException($"{shard.Name} has only {sequences.Count} of {_options.PerStep} places where {_options.Length} tokens "
                + $"can begin at a document among the {_lookAhead.Length} tokens from {_position.Offset} on; "
                + "longer sequences, a longer look-ahead or shorter documents would do, and documents must begin with end of text.");
        _position = _position with { Offset = _position.Offset + end };
        return sequences;
    }

    /// <summary>The position, with name and length of the shard that it is in.</summary>
    public JsonNode? CaptureState() => new JsonObject
    {
        ["epoch"] = _position.Epoch,
        ["shard"] = _position.Shard,
        ["offset"] = _position.Offset,
        ["name"] = _shards.NameOf(_position.Shard),
        ["tokens"] = _shards.TokensIn(_position.Shard),
    };

    /// <summary>Goes to a position that was kept.</summary>
    /// <exception cref="BadInputException">It is none of these shards.</exception>
    public void RestoreState(JsonNode state)
    {
        ArgumentNullException.ThrowIfNull(state);
        int Number(string key) => JsonNumber.Of(state[key]) is >= 0 and <= int.MaxValue and var number && number == Math.Floor(number)
            ? (int)number
            : throw new BadInputException($"The kept position in the training data has no whole number at '{key}'.");
        Position = new TokenPosition(Number("epoch"), Number("shard"), Number("offset"));
        string name = _shards.NameOf(_position.Shard);
        if (state["name"]?.ToString() != name || Number("tokens") != _shards.TokensIn(_position.Shard))
            throw new BadInputException($"The kept position is in training shard {_position.Shard}, {state["name"]} of {Number("tokens")} tokens; "
                + $"that shard is now {name} of {_shards.TokensIn(_position.Shard)}.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _open?.Dispose();
        _open = null;
    }

    /// <summary>The first document that begins at or after this place of the look-ahead; −1 where none does.</summary>
    private int NextDocument(int from)
    {
        if (from >= _lookAhead.Length)
            return -1;
        int found = _lookAhead.AsSpan(from).IndexOf(_options.EndOfText);
        return found < 0 ? -1 : from + found;
    }

    /// <summary>The shard to read from, after dropping those whose rest is shorter than the look-ahead.</summary>
    private ITokenShard Arrange()
    {
        while (_position.Offset + (long)_lookAhead.Length + 1 >= _shards.TokensIn(_position.Shard))
        {
            bool wasLast = _position.Shard == _shards.Count - 1;
            if (wasLast && !_options.Repeat)
                throw new BadInputException($"The training data ran out: all {_shards.Count} shards ({_shards.TokenCount} tokens) have been read. "
                    + "More shards, fewer steps, or reading them again would do.");
            _position = wasLast ? new TokenPosition(_position.Epoch + 1, 0, 0) : new TokenPosition(_position.Epoch, _position.Shard + 1, 0);
        }
        if (_open is null || _openIndex != _position.Shard)
        {
            _open?.Dispose();
            _open = null;
            _open = _shards.Open(_position.Shard);
            _openIndex = _position.Shard;
        }
        return _open;
    }
}
