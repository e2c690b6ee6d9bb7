using SpecGD.Models.Gpt;

namespace SpecGD.Tests.Models.Gpt;

public class TokenSamplerTests
{
    private const int Draws = 20_000;

    /// <summary>Four standard deviations of a frequency near one half over so many draws; the seed is fixed.</summary>
    private const double FrequencyTolerance = 0.015;

    private static readonly double[] Logits = [1, 3, 2, -4, 2.5];

    [Theory]
    [InlineData(1, 0)]
    [InlineData(0.5, 0)]
    [InlineData(2, 3)]
    public void Frequencies_are_the_probabilities(double temperature, int candidates)
    {
        double[] p = [.. Logits.Select((z, i) => candidates > 0 && i is not (1 or 2 or 4) ? 0 : Math.Exp(z / temperature))];
        double sum = p.Sum();

        int[] counts = Count(new TokenSampler(temperature, candidates, seed: 5));

        for (int i = 0; i < p.Length; i++)
            (Math.Abs(((double)counts[i] / Draws) - (p[i] / sum)) <= (p[i] == 0 ? 0 : FrequencyTolerance)).ShouldBeTrue($"{i}: {counts[i]} of {p[i] / sum}");
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(1e-6, 0)]
    public void Without_warmth_or_choice_the_most_likely_is_taken(double temperature, int candidates) =>
        Count(new TokenSampler(temperature, candidates, seed: 1)).ShouldBe([0, Draws, 0, 0, 0]);

    [Fact]
    public void The_same_seed_draws_the_same_and_another_does_not()
    {
        int[] Draw(ulong seed)
        {
            var sampler = new TokenSampler(1, 0, seed);
            return [.. Enumerable.Range(0, 50).Select(_ => sampler.Next<double>(Logits))];
        }

        Draw(1).ShouldBe(Draw(1));
        Draw(1).ShouldNotBe(Draw(2));
    }

    private static int[] Count(TokenSampler sampler)
    {
        int[] counts = new int[Logits.Length];
        for (int i = 0; i < Draws; i++)
            counts[sampler.Next<double>(Logits)]++;
        return counts;
    }
}
