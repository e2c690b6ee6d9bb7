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

        // The look-ahead of 2·2·4 tokens ends before 18: the second sequence is found beyond it.
        sequences.Next().Select(s => s.Tokens.ToArray()).ShouldBe([[End, 3, 4, End, 6], [End, 10, 11, End, 13]]);
        sequences.Position.Offset.ShouldBe(18);

        tokens[16] = End;
        using var other = Over(new SequenceOptions(Length: 4, PerStep: 2, End), tokens);
        other.Position = new TokenPosition(0, 0, 3);
        var step = other.Next();
        step.Select(s => s.Tokens.ToArray()).ShouldBe([[End, 6, 7, 8, End], [End, 10, 11, End, 13]]);
        step[0].Inputs.ToArray().ShouldBe([End, (ushort)6, (ushort)7, (ushort)8]);
        step[0].Targets.ToArray().ShouldBe([(ushort)6, (ushort)7, (ushort)8, End]);
        other.Position.ShouldBe(new TokenPosition(0, 0, 16), "the last end");
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
    [InlineData(34, true)] // from 16 on, 2·2·4 + 1 = 17 more must lie within the shard
    [InlineData(33, false)]
    public void What_is_left_of_a_shard_is_dropped_when_the_look_ahead_reaches_its_end(int tokens, bool isEnough)
    {
        using var sequences = Over(new SequenceOptions(4, 2, End), Documents(tokens, each: 4));
        sequences.Next();
        sequences.Next();
        sequences.Position.Offset.ShouldBe(16);

        if (isEnough)
            sequences.Next().Count.ShouldBe(2);
        var kept = sequences.Position;
        Should.Throw<BadInputException>(() => sequences.Next()).Message.ShouldContain("ran out");
        sequences.Position.ShouldBe(kept, "nothing was read");
    }

    [Theory]
    [InlineData(9, 1)] // one step of 2·4 tokens and the document behind it: the look-ahead is halved to fit
    [InlineData(17, 1)]
    [InlineData(18, 1)] // with the whole look-ahead
    public void Data_shorter_than_the_look_ahead_are_enough_for_what_they_hold(int tokens, int steps)
    {
        using var sequences = Over(new SequenceOptions(4, 2, End), Documents(tokens, each: 4));

        sequences.CountSteps(long.MaxValue).ShouldBe(new PassLength(steps, IsWhole: true));
        sequences.Next().Count.ShouldBe(2);
        Should.Throw<BadInputException>(() => Over(new SequenceOptions(4, 2, End), Documents(8, each: 4))).Message
            .ShouldBe("A step of 2 sequences of 4 tokens needs 9 tokens in a row, and the longest of the 1 training shard has 8: "
                + "take fewer or shorter sequences, or longer shards.");
    }

    /// <summary>Wherever the reference finds a step in its look-ahead, it is that one; where it fails, the search goes on to the end of the shard.</summary>
    [Fact]
    public void Long_documents_are_found_beyond_the_look_ahead_and_a_shard_without_a_step_is_an_error()
    {
        const int length = 8, perStep = 2, each = 300; // the look-ahead of 2·2·8 tokens holds no second document
        using var sequences = Over(new SequenceOptions(length, perStep, End), Documents(2000, each));

        foreach (int first in new[] { 0, 600 })
            sequences.Next().Select(s => (int)s.Tokens.Span[1]).ShouldBe([first + 1, first + each + 1]);
        sequences.Position.Offset.ShouldBe(1200);
        sequences.CountSteps(long.MaxValue).ShouldBe(new PassLength(3, IsWhole: true));

        using var alone = Over(new SequenceOptions(length, perStep, End), Documents(2000, each: 5000));
        Should.Throw<BadInputException>(() => alone.Next()).Message.ShouldBe(
            "shard 0 has only 0 of 2 places for sequences of 8 tokens among all its 2000 tokens: --align-documents false lets sequences begin anywhere, "
            + "and fewer --sequences may do; documents begin with the token 256.");
    }

    [Fact]
    public void The_end_of_a_shard_with_too_few_documents_is_dropped_for_the_next_one()
    {
        ushort[] first = Documents(100, each: 10);
        for (int i = 51; i < first.Length; i++)
            first[i] = 1; // one document to the end
        using var sequences = Over(new SequenceOptions(10, 2, End), first, Documents(100, each: 10));

        sequences.Next();
        sequences.Next();
        sequences.Position.ShouldBe(new TokenPosition(0, 0, 40));
        sequences.Next();
        sequences.Position.ShouldBe(new TokenPosition(0, 1, 20), "40 and 50 begin documents, and none ends the second");
    }

    [Theory]
    [InlineData(7, 2)]
    [InlineData(16, 3)]
    [InlineData(1, 5)]
    public void Without_documents_sequences_follow_one_another(int length, int perStep)
    {
        ushort[][] shards = [Shard(8, 301), Shard(9, 30), Shard(10, 97)];
        using var sequences = Over(new SequenceOptions(length, perStep, End, AlignDocuments: false), shards);
        int steps = 0;
        foreach (ushort[] shard in shards)
            for (int at = 0; at + (length * perStep) + 1 <= shard.Length; at += length * perStep, steps++)
                sequences.Next().Select(s => s.Tokens.ToArray())
                    .ShouldBe(Enumerable.Range(0, perStep).Select(i => shard[(at + (i * length))..(at + ((i + 1) * length) + 1)]));

        steps.ShouldBeGreaterThan(5);
        sequences.CountSteps(long.MaxValue).ShouldBe(new PassLength(steps, IsWhole: true));
        Should.Throw<BadInputException>(() => sequences.Next()).Message.ShouldContain("ran out");
    }

    [Fact]
    public void A_pass_is_counted_as_it_is_read()
    {
        ushort[][] shards = [Shard(4, 300), Shard(5, 260)];
        using var sequences = Over(new SequenceOptions(7, 2, End, Repeat: true, LookAhead: 5), shards);
        int steps = 0;
        for (sequences.Next(); sequences.Position.Epoch == 0; sequences.Next())
            steps++;

        var position = sequences.Position;
        sequences.CountSteps(long.MaxValue).ShouldBe(new PassLength(steps, IsWhole: true));
        sequences.CountSteps(steps - 1).ShouldBe(new PassLength(steps - 1, IsWhole: false));
        sequences.Position.ShouldBe(position);
    }

    [Fact]
    public void Validation_reads_on_wherever_documents_begin()
    {
        ushort[] first = Shard(6, 41), second = Shard(7, 25);
        var validation = new ValidationSequences(TokenShards.InMemory(new MemoryShard("a", first), new MemoryShard("b", second)), length: 10);

        validation.Count.ShouldBe(3 + 2); // of 41 tokens 39 can be inputs (the reference leaves one more than the last target), of 25 there are 23
        validation.Take(5).Select(s => s.Tokens.ToArray()).ShouldBe([first[..11], first[10..21], first[20..31], second[..11], second[10..21]]);
        validation.Take(5).Select(s => s.Tokens.ToArray()).First().ShouldBe(first[..11], "again from the beginning");
        Should.Throw<BadInputException>(() => validation.Take(6)).Message.ShouldContain("2 validation shards (66 tokens) have 5");
    }

    private static TrainingSequences Over(SequenceOptions options, params ushort[][] shards) =>
        new(TokenShards.InMemory([.. shards.Select((tokens, i) => new MemoryShard($"shard {i}", tokens))]), options);

    private static ushort[] Shard(uint seed, int tokens)
    {
        var random = new MersenneTwister(seed);
        return [.. Enumerable.Range(0, tokens).Select(_ => random.NextUInt32() % 5 == 0 ? End : (ushort)(random.NextUInt32() % 256))];
    }

    /// <summary>Tokens 0, 1, 2, …, where every so many begin a document.</summary>
    private static ushort[] Documents(int tokens, int each) => [.. Enumerable.Range(0, tokens).Select(i => i % each == 0 ? End : (ushort)(i == End ? 0 : i))];

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
