using System.Text.Json.Nodes;
using SpecGD.Numerics;
using SpecGD.Optimizers;
using SpecGD.Spectral;

namespace SpecGD.Tests.Training;

public class AdaptiveDescentTests
{
    /// <summary>A product and a root in two orders.</summary>
    private const double Rounding = 1e-12;

    [Theory]
    [InlineData(4, 3.9, true)]
    [InlineData(4, 4.1, false)]
    [InlineData(4, 1, true)]
    [InlineData(2, 3, false)]
    public void The_first_choice_is_the_rule(int nuclearRank, double stableRank, bool spectral)
    {
        var block = Block(nuclearRank, stableRank);
        var optimizer = new AdaptiveDescent(new AdaptiveSettings { Hysteresis = 5 });

        optimizer.Step(block);

        IsSpectral(optimizer, block).ShouldBe(spectral);
        optimizer.Switches.ShouldBe(0);
    }

    [Fact]
    public void A_block_changes_only_beyond_the_hysteresis_on_either_side()
    {
        var optimizer = new AdaptiveDescent(new AdaptiveSettings { Hysteresis = 2 });

        // nr/st along the way, and what the block is then
        (int Rank, double Stable, bool Spectral)[] way =
        [
            (4, 4, true), (4, 7.9, true), (4, 8.1, false), (4, 4, false), (4, 2.1, false), (4, 1.9, true), (4, 4, true), (1, 1, true), (1, 2.1, false),
        ];
        foreach (var (rank, stable, spectral) in way)
        {
            var block = Block(rank, stable);
            optimizer.Step(block);
            IsSpectral(optimizer, block).ShouldBe(spectral, $"nr {rank}, st {stable}");
        }
        optimizer.Switches.ShouldBe(3);
    }

    [Fact]
    public void Between_two_refreshes_the_choice_stands()
    {
        var optimizer = new AdaptiveDescent(new AdaptiveSettings { Hysteresis = 1, Refresh = 3 });
        bool[] chosen =
        [
            .. new[] { 1.0, 9, 9, 9, 1, 1, 1 }.Select(stable =>
            {
                var block = Block(4, stable);
                optimizer.Step(block);
                return IsSpectral(optimizer, block);
            }),
        ];

        chosen.ShouldBe([true, true, true, false, false, false, true]);
    }

    [Fact]
    public void Promises_are_weighed_as_the_steps_are_taken()
    {
        // nr/st = 2 favours the spectral step, but not where that step is four times as short.
        var block = Block(4, 2);
        var equal = new AdaptiveDescent(new AdaptiveSettings { EuclideanFactor = 0.1, SpectralFactor = 0.1 });
        var shorter = new AdaptiveDescent(new AdaptiveSettings { EuclideanFactor = 0.4, SpectralFactor = 0.1 });

        equal.Propose([block]);
        shorter.Propose([block]);

        IsSpectral(equal, block).ShouldBeTrue();
        IsSpectral(shorter, block).ShouldBeFalse();
    }

    [Fact]
    public void The_factor_goes_with_the_share_of_spectral_blocks()
    {
        WeightBlock spectral = Block(4, 1, "W1"), euclidean = Block(1, 4, "W2"), never = Block(4, 1, "W3");
        AdaptiveDescent Stepped(params WeightBlock[] blocks)
        {
            var optimizer = new AdaptiveDescent(new AdaptiveSettings
            {
                EuclideanFactor = 0.1,
                SpectralFactor = 0.2,
                MayBeSpectral = block => block.Name != "W3",
            });
            optimizer.Propose(blocks);
            return optimizer;
        }

        Stepped(spectral, never).Factor.ShouldBe(0.2);
        Stepped(euclidean, never).Factor.ShouldBe(0.1);
        (Math.Abs(Stepped(spectral, euclidean, never).Factor - Math.Sqrt(0.02)) < Rounding).ShouldBeTrue();
        IsSpectral(Stepped(spectral, never), never).ShouldBeFalse();
    }

    [Fact]
    public void Where_all_choices_are_the_same_the_steps_are_those_of_the_pure_methods_bit_for_bit()
    {
        foreach (var (stable, geometry, factor) in new[] { (1.0, Geometry.Spectral, 0.2), (9.0, Geometry.Euclidean, 0.1) })
        {
            WeightBlock mine = Block(4, stable), theirs = Block(4, stable);
            new AdaptiveDescent(new AdaptiveSettings { EuclideanFactor = 0.1, SpectralFactor = 0.2 }).Step(mine);
            new SteepestDescent(geometry, StepSize.Natural(factor)).Step(theirs);

            mine.Weight.AsSpan().SequenceEqual(theirs.Weight.AsSpan()).ShouldBeTrue(geometry.Name);
            mine.Weight.LargestMagnitude().ShouldBeGreaterThan(0);
        }
    }

    [Fact]
    public void Zero_gradients_and_zero_activations_change_no_choice()
    {
        var optimizer = new AdaptiveDescent(new AdaptiveSettings());
        var block = Block(4, 1);
        optimizer.Step(block);
        block.SetGradient(new Matrix<double>(4, 12));
        optimizer.Step(block);
        IsSpectral(optimizer, block).ShouldBeTrue();

        var silent = new WeightBlock("W1", new Matrix<double>(4, 4), new ActivationMeasurement(new Matrix<double>(4, 4), 4));
        silent.SetGradient(Matrix.Identity<double>(4));
        optimizer.Step(silent);
        IsSpectral(optimizer, silent).ShouldBeTrue();
        silent.Weight.LargestMagnitude().ShouldBe(0, "no step changes anything where A is zero");
    }

    [Fact]
    public void A_restored_twin_goes_on_alike_and_one_that_is_not_restored_does_not()
    {
        var settings = new AdaptiveSettings { Hysteresis = 3, Refresh = 2 };
        var first = new AdaptiveDescent(settings);
        first.Step(Block(4, 1));
        var twin = new AdaptiveDescent(settings);
        twin.RestoreState(JsonNode.Parse(first.CaptureState().ToJsonString())!);
        var fresh = new AdaptiveDescent(settings);
        var block = Block(4, 5); // within the hysteresis, and between two refreshes

        foreach (var optimizer in new[] { first, twin, fresh })
            optimizer.Propose([block]);

        IsSpectral(first, block).ShouldBeTrue();
        IsSpectral(twin, block).ShouldBeTrue();
        IsSpectral(fresh, block).ShouldBeFalse();
        JsonNode.DeepEquals(first.CaptureState(), twin.CaptureState()).ShouldBeTrue();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"steps": 3, "choices": {"W1": {}}}""")]
    public void A_state_that_lacks_something_is_named(string state) =>
        Should.Throw<FormatException>(() => new AdaptiveDescent(new AdaptiveSettings()).RestoreState(JsonNode.Parse(state)!)).Message.ShouldContain("adaptive");

    [Fact]
    public void Settings_out_of_range_are_refused()
    {
        AdaptiveSettings good = new();
        foreach (var bad in new[]
        {
            good with { Hysteresis = 0.9 }, good with { Hysteresis = double.NaN }, good with { Refresh = 0 },
            good with { EuclideanFactor = 0 }, good with { SpectralFactor = double.PositiveInfinity },
        })
            Should.Throw<ArgumentOutOfRangeException>(() => new AdaptiveDescent(bad));
    }

    private static bool IsSpectral(AdaptiveDescent optimizer, WeightBlock block) => ReferenceEquals(optimizer.GeometryOf(block), Geometry.Spectral);

    /// <summary>A block whose gradient has so many singular values of 1, and activations diag(1, t, t, …) of a given stable rank.</summary>
    private static WeightBlock Block(int nuclearRank, double stableRank, string name = "W1")
    {
        const int n = 12;
        var activations = Matrix.Identity<double>(n);
        double t = Math.Sqrt((stableRank - 1) / (n - 1));
        for (int i = 1; i < n; i++)
            activations[i, i] = t;
        var block = new WeightBlock(name, new Matrix<double>(4, n), new ActivationMeasurement(activations, n));
        var gradient = new Matrix<double>(4, n);
        for (int i = 0; i < nuclearRank; i++)
            gradient[i, i] = 1;
        block.SetGradient(gradient);
        return block;
    }
}
