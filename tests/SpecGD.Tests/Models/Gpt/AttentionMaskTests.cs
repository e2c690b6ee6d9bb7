using SpecGD.Models.Gpt;
using SpecGD.Numerics.Random;

namespace SpecGD.Tests.Models.Gpt;

/// <summary>The mask against its definition by block relations, built entry by entry.</summary>
public class AttentionMaskTests
{
    private const int EndOfText = 0;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(14)]
    public void It_is_that_of_the_block_relations(int window)
    {
        const int blocks = 6, length = blocks * AttentionMask.BlockSize;
        int compared = 0;
        for (ulong seed = 0; seed < 12; seed++)
        {
            int[] tokens = Documents(length, seed);
            var mask = new AttentionMask(length);
            mask.Set(tokens, EndOfText, window);
            bool[,] expected = Definition(tokens, window);
            for (int q = 0; q < length; q++)
            {
                (mask.FirstKeyOfBlock(q / AttentionMask.BlockSize) <= mask.FirstKey(q)).ShouldBeTrue();
                for (int k = 0; k < length; k++, compared++)
                    if (expected[q, k] != (k >= mask.FirstKey(q) && k <= q))
                        Assert.Fail($"seed {seed}, window {window}: query {q} and key {k} must be {expected[q, k]}; first key is {mask.FirstKey(q)}");
            }
        }
        compared.ShouldBe(12 * length * length);
    }

    /// <summary>So a text can be continued token by token.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(14)]
    public void The_first_key_follows_from_what_comes_before(int window)
    {
        const int length = 7 * AttentionMask.BlockSize;
        for (ulong seed = 0; seed < 20; seed++)
        {
            int[] tokens = Documents(length, seed);
            var mask = new AttentionMask(length);
            mask.Set(tokens, EndOfText, window);
            int start = 0;
            for (int t = 0; t < length; t++)
            {
                start = tokens[t] == EndOfText ? t : start;
                AttentionMask.FirstKey(t, start, window).ShouldBe(mask.FirstKey(t), $"seed {seed}, query {t}");
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(129)]
    public void A_length_that_is_no_multiple_of_the_block_is_refused(int length) =>
        Should.Throw<BadInputException>(() => new AttentionMask(length)).Message.ShouldBe($"A sequence must have a multiple of 128 tokens; {length} is none.");

    /// <summary>Long documents, short ones and none at the start, by seed.</summary>
    private static int[] Documents(int length, ulong seed)
    {
        var random = new TorchRandom(seed);
        int[] tokens = [.. Enumerable.Repeat(1, length)];
        int starts = seed == 0 ? 0 : (int)(random.NextUniform() * 12);
        for (int i = 0; i < starts; i++)
            tokens[(int)(random.NextUniform() * length)] = EndOfText;
        if (seed % 3 == 0)
            tokens[0] = tokens[2 * AttentionMask.BlockSize] = EndOfText; // a document that starts with a block
        return tokens;
    }

    private static bool[,] Definition(int[] tokens, int window)
    {
        const int size = AttentionMask.BlockSize;
        int length = tokens.Length, blocks = length / size, running = 0;
        int[] document = [.. tokens.Select(t => running += t == EndOfText ? 1 : 0)];
        bool[,] seen = new bool[length, length];
        for (int qb = 0; qb < blocks; qb++)
        {
            List<int> full = [], partial = [];
            for (int kb = blocks - 1; kb >= 0; kb--)
            {
                var (qLow, qHigh, kLow, kHigh) = (document[qb * size], document[(qb * size) + size - 1], document[kb * size], document[(kb * size) + size - 1]);
                bool any = kb <= qb && qLow <= kHigh && kLow <= qHigh;
                bool all = kb < qb && qLow == qHigh && kLow == kHigh && qLow == kLow;
                if (all)
                    full.Add(kb);
                else if (any)
                    partial.Add(kb);
            }
            foreach (int kb in full.Take(Math.Max(window - 1, 0)))
                Mark(qb, kb, (_, _) => true);
            foreach (int kb in partial.Take(Math.Max(window - full.Count, 1)))
                Mark(qb, kb, (q, k) => k <= q && document[k] == document[q]);
        }
        return seen;

        void Mark(int qb, int kb, Func<int, int, bool> rule)
        {
            for (int q = qb * size; q < (qb + 1) * size; q++)
                for (int k = kb * size; k < (kb + 1) * size; k++)
                    seen[q, k] = rule(q, k);
        }
    }
}
