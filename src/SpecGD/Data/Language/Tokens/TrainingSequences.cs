using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Data.Language.Tokens;

/// <summary>
/// The training batches of the NanoGPT run, whose sequences all begin at documents unless they are to follow one another. The sequences of a step
/// do not depend on how many ranks share them.
/// </summary>
public sealed class TrainingSequences : IStateful, IDisposable
{
    private readonly TokenShards _shards;
    private readonly SequenceOptions _options;
    private readonly ISequenceCut _cut;
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
        ArgumentOutOfRangeException.ThrowIfLessThan(options.LookAhead, 1, nameof(options));
        _shards = shards;
        _options = options;
        int longest = Enumerable.Range(0, shards.Count).Max(shards.TokensIn);
        if (options.StepTokens + 1 > longest)
            throw new BadInputException($"A step of {Counted.Of(options.PerStep, "sequence")} of {Counted.Of(options.Length, "token")} needs {Counted.Of(options.StepTokens + 1, "token")} in a row, "
                + $"and the longest of the {Counted.Of(shards.Count, "training shard")} has {longest}: take fewer or shorter sequences, or longer shards.");
        _cut = options.AlignDocuments ? new DocumentCut(options, longest) : new ContiguousCut(options);
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
                throw new BadInputException($"Token {value.Offset} of training shard {value.Shard} is not in the {Counted.Of(_shards.Count, "shard")}: "
                    + "the position is of other data.");
            _position = value;
        }
    }

    /// <summary>The sequences of the next step, in the order in which they are dealt to ranks; moves on.</summary>
    /// <exception cref="BadInputException">The data ran out, or a whole shard holds too few places for a step; the position is then as before.</exception>
    public IReadOnlyList<TokenSequence> Next()
    {
        var (at, places) = Find(_position) ?? FindAgain();
        var shard = Opened(at.Shard);
        var sequences = new TokenSequence[places.Starts.Count];
        for (int i = 0; i < sequences.Length; i++)
        {
            var tokens = new ushort[_options.Length + 1];
            shard.Read(places.Starts[i], tokens);
            sequences[i] = new TokenSequence(tokens);
        }
        _position = at with { Offset = places.End };
        return sequences;
    }

    /// <summary>Steps of one pass from the first token on, found as <see cref="Next"/> finds them; the position stays.</summary>
    /// <param name="atMost">Counting ends with so many.</param>
    /// <exception cref="BadInputException">A whole shard holds too few places for a step.</exception>
    public PassLength CountSteps(long atMost)
    {
        var position = new TokenPosition(0, 0, 0);
        for (long steps = 0; steps < atMost; steps++)
        {
            if (Find(position) is not var (at, places))
                return new PassLength(steps, IsWhole: true);
            position = at with { Offset = places.End };
        }
        return new PassLength(atMost, IsWhole: false);
    }

    /// <summary>Whether one pass has so many steps; false also where a whole shard holds too few places for one.</summary>
    public bool HasRoomFor(long steps)
    {
        try
        {
            return CountSteps(steps).Steps >= steps;
        }
        catch (BadInputException)
        {
            return false;
        }
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
            : throw new BadInputException($"The saved position in the training data has no whole number at '{key}'.");
        Position = new TokenPosition(Number("epoch"), Number("shard"), Number("offset"));
        string name = _shards.NameOf(_position.Shard);
        if (state["name"]?.ToString() != name || Number("tokens") != _shards.TokensIn(_position.Shard))
            throw new BadInputException($"The saved position is in training shard {_position.Shard}, {state["name"]} of {Number("tokens")} tokens; "
                + $"that shard is now {name} of {_shards.TokensIn(_position.Shard)}.");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _open?.Dispose();
        _open = null;
    }

    /// <summary>The first step at or after a position within its pass, and where it was found; null where the pass ends before.</summary>
    private (TokenPosition At, StepPlaces Places)? Find(TokenPosition position)
    {
        while (position.Shard < _shards.Count)
        {
            if (position.Offset + _cut.Ahead <= _shards.TokensIn(position.Shard))
            {
                var shard = Opened(position.Shard);
                var places = _cut.Find(shard, position.Offset);
                if (places.Starts.Count == _options.PerStep)
                    return (position, places);
                if (position.Offset == 0)
                    throw TooFew(shard, places.Starts.Count);
            }
            position = position with { Shard = position.Shard + 1, Offset = 0 }; // what is left of the shard is dropped
        }
        return null;
    }

    /// <summary>The first step of the next pass.</summary>
    private (TokenPosition At, StepPlaces Places) FindAgain()
    {
        if (!_options.Repeat)
            throw new BadInputException($"The training data ran out: all {Counted.Of(_shards.Count, "shard")} ({Counted.Of(_shards.TokenCount, "token")}) have been read. "
                + "More shards, fewer steps, or --repeat, which begins again from the first, would do.");
        return Find(new TokenPosition(_position.Epoch + 1, 0, 0))!.Value; // the longest shard has room, or that it has too few places is an error
    }

    private BadInputException TooFew(ITokenShard shard, int found) =>
        new($"{shard.Name} has only {found} of {Counted.Of(_options.PerStep, "place")} for sequences of {Counted.Of(_options.Length, "token")} among all its {Counted.Of(shard.Count, "token")}: "
            + $"{_cut.Advice}.");

    private ITokenShard Opened(int shard)
    {
        if (_open is null || _openIndex != shard)
        {
            _open?.Dispose();
            _open = null;
            _open = _shards.Open(shard);
            _openIndex = shard;
        }
        return _open;
    }
}
