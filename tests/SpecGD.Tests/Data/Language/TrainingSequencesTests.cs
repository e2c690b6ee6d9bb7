using System.Text.Json.Nodes;
using SpecGD.Data.Language.Tokens;
using SpecGD.Numerics.Random;

namespace SpecGD.Tests.Data.Language;

public class TrainingSequencesTests
{
    private const ushort End = 256;

    [Fact]
    public void Sequences_begin_at_documents_and_the_rest_of_the_last_document_is_skipped()
    {
        // Documents begin at 2, 5, 9, 12 and 18. With T = 4: from 2 on, the first beginning at least 4 later is 9; from 9 on, it is 18.
        ushort[] tokens = [.. Enumerable.Range(0, 30).Select(i => (ushort)i)];
        foreach (int document in new[] { 2, 5, 9, 12, 18 })
            tokens[document] = End;
        using var sequences = Over(new SequenceOptions(Length: 4, PerStep: 2, End), tokens);

        // The look-ahead of 2·2·4 tokens ends before 18: only one sequence can be confirmed.
        Should.Throw<BadInputException>(() => sequences.Next()).Message.ShouldStartWith("shard 0 has only 1 of 2 places where 4 tokens can begin at a document among the 16 tokens from 0 on");

        sequences.Position = new TokenPosition(0, 0, 3);
        tokens[16] = End;
        var step = sequences.Next();
        step.Select(s => s.Tokens.ToArray()).ShouldBe([[End, 6, 7, 8, End], [End, 10, 11, End, 13]]);
        step[0].Inputs.ToArray().ShouldBe([End, (ushort)6, (ushort)7, (ushort)8]);
        step[0].Targets.ToArray().ShouldBe([(ushort)6, (ushort)7, (ushort)8, End]);
        sequences.Position.ShouldBe(new TokenPosition(0, 0, 16), "the last end");
    }

    [Theory]
    [InlineData(1, 3, 30)]
    [InlineData(7, 2, 5)]
    [InlineData(16, 8, 2)]
    public void Sequences_are_those_of_the_rule_written_down_plainly(int length, int perStep, int lookAhead)
    {
        ushort[][] shards = [Shard(1, 900), Shard(2, 40), Shard(3, 1500)];
        using var sequences = Over(new SequenceOptions(length, perStep, End, LookAhead: lookAhead), shards);
        int steps = 0;
        foreach (var expected in Plainly(shards, length, perStep, lookAhead))
        {
            sequences.Next().Select(s => s.Tokens.ToArray()).ShouldBe(expected);
            steps++;
        }

        steps.ShouldBeGreaterThan(3);
        sequences.Position.Shard.ShouldBe(2);
        Should.Throw<BadInputException>(() => sequences.Next()).Message.ShouldStartWith("The training data ran out: all 3 shards (2440 tokens) have been read.");
    }

    [Fact]
    public void From_a_position_the_same_sequences_follow()
    {
        var options = new SequenceOptions(7, 2, End, Repeat: true, LookAhead: 5);
        ushort[][] shards = [Shard(4, 300), Shard(5, 260)];
        using var first = Over(options, shards);
        var positions = new List<TokenPosition>();
        var steps = new List<ushort[][]>();
        for (int i = 0; i < 60; i++)
        {
            positions.Add(first.Position);
            steps.Add([.. first.Next().Select(s => s.Tokens.ToArray())]);
        }

        first.Position.Epoch.ShouldBeGreaterThan(1, "the shards are read again from the first on");
        var kept = first.CaptureState()!;
        using (var last = Over(options, shards))
        {
            last.RestoreState(JsonNode.Parse(kept.ToJsonString())!);
            last.Position.ShouldBe(first.Position);
            last.Next().Select(s => s.Tokens.ToArray()).ShouldBe(first.Next().Select(s => s.Tokens.ToArray()));
        }
        using (var other = Over(options, Shard(4, 301), Shard(5, 261)))
            Should.Throw<BadInputException>(() => other.RestoreState(kept)).Message.ShouldContain("tokens; that shard is now shard");
        Should.Throw<BadInputException>(() => first.RestoreState(new JsonObject())).Message.ShouldContain("has no whole number at 'epoch'");
        foreach (int i in new[] { 59, 0, 31, 7 })
        {
            using var resumed = Over(options, shards);
            resumed.Position = positions[i];
            for (int later = i; later < Math.Min(i + 5, 60); later++)
                resumed.Next().Select(s => s.Tokens.ToArray()).ShouldBe(steps[later]);
        }
        Should.Throw<BadInputException>(() => first.Position = new TokenPosition(0, 2, 0)).Message.ShouldContain("the position is of other data");
        Should.Throw<BadInputException>(() => first.Position = new TokenPosition(0, 1, 261));
    }

    [Theory]
    [InlineData(18, true)] // 2·2·4 + 1 = 17 must lie within the shard
    [InlineData(17, false)]
    public void What_is_left_of_a_shard_is_dropped_when_the_look_ahead_reaches_its_end(int tokens, bool isEnough)
    {
        ushort[] shard = new ushort[tokens];
        shard[0] = shard[4] = shard[8] = End;
        var options = new SequenceOptions(4, 2, End);
        if (!isEnough)
        {
            Should.Throw<BadInputException>(() => Over(options, shard)).Message.ShouldStartWith("A step of 2 sequences of 4 tokens looks 18 tokens ahead, and the longest");
            return;
        }
        using var sequences = Over(options, shard);

        sequences.Next().Count.ShouldBe(2);
        sequences.Position.Offset.ShouldBe(8);
        Should.Throw<BadInputException>(() => sequences.Next()).Message.ShouldContain("ran out");
    }

    [Fact]
    public void Validation_reads_on_wherever_documents_begin()
    {
        ushort[] first = Shard(6, 41), second = Shard(7, 25);
        var validation = new ValidationSequences(TokenShards.InMemory(new MemoryShard("a", first), new MemoryShard("b", second)), length: 10);

        validation.Count.ShouldBe(3 + 2); // of 41 tokens 39 can be inputs (the reference leaves one more than the last target), of 25 there are 23
        validation.Take(5).Select(s => s.Tokens.ToArray()).ShouldBe([first[..11], first[10..21], first[20..31], second[..11], second[10..21]]);
        validation.Take(5).Select(s => s.Tokens.ToArray()).First().ShouldBe(first[..11], "again from the beginning");
        Should.Throw<BadInputException>(() => validation.Take(6)).Message.ShouldContain("these 2 validation shards (66 tokens) have 5");
    }

    private static TrainingSequences Over(SequenceOptions options, params ushort[][] shards) =>
        new(TokenShards.InMemory([.. shards.Select((tokens, i) => new MemoryShard($"shard {i}", tokens))]), options);

    private static ushort[] Shard(uint seed, int tokens)
    {
        var random = new MersenneTwister(seed);
        return [.. Enumerable.Range(0, tokens).Select(_ => random.NextUInt32() % 5 == 0 ? End : (ushort)(random.NextUInt32() % 256))];
    }

    /// <summary>The rule of the reference, with lists of positions as it has them.</summary>
    private static IEnumerable<ushort[][]> Plainly(ushort[][] shards, int length, int perStep, int lookAhead)
    {
        int shard = 0, position = 0, span = lookAhead * perStep * length;
        while (true)
        {
            while (position + span + 1 >= shards[shard].Length)
            {
                if (++shard == shards.Length)
                    yield break;
                position = 0;
            }
            ushort[] tokens = shards[shard];
            int[] documents = [.. Enumerable.Range(position, span).Where(i => tokens[i] == End)];
            var starts = new List<int>();
            int start = documents[0];
            foreach (int end in documents.Skip(1))
            {
                if (end - start < length || starts.Count == perStep)
                    continue;
                starts.Add(start);
                start = end;
            }
            if (starts.Count < perStep)
                throw new InvalidOperationException("The test's data must have enough documents.");
            position = start;
            yield return [.. starts.Select(s => tokens[s..(s + length + 1)])];
        }
    }
}
