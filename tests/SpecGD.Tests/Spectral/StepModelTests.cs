using SpecGD.Spectral;

namespace SpecGD.Tests.Spectral;

/// <summary>The guarantees of the one-step model against each other and against the true losses of random layers.</summary>
public class StepModelTests
{
    private const int Layers = 300;

    /// <summary>Quotients of measures that carry a few ε·size each.</summary>
    private const double Rounding = 1e-12;

    /// <summary>A decrease is a difference of two losses up to a million times as large as itself.</summary>
    private const double Cancellation = 1e-9;

    [Fact]
    public void Curvatures_of_a_layer_are_those_of_its_activations()
    {
        var model = StepModel.OfActivations(operatorNorm: 3, frobeniusNorm: 5, c: 0.5, parameterCurvature: 2);
        (model.EuclideanCurvature, model.SpectralCurvature, model.ParameterCurvature).ShouldBe((4.5, 12.5, 2));
        model.EuclideanDenominator(gradientStableRank: 4).ShouldBe(5);
        model.SpectralDenominator.ShouldBe(14.5);
        model.EuclideanDecrease(frobeniusNorm: 10, gradientStableRank: 4).ShouldBe(10);
        model.SpectralDecrease(nuclearNorm: 29).ShouldBe(29);
    }

    [Fact]
    public void The_guarantees_are_as_nr_to_st()
    {
        for (ulong seed = 0; seed < Layers; seed++)
        {
            var layer = QuadraticLoss.Random(seed);
            double ratio = layer.SpectralGuarantee / layer.EuclideanGuarantee;
            ratio.ShouldBeRelatively(Rounding, layer.NuclearRank / layer.StableRank, $"layer {seed}");
            ratio.ShouldBeRelatively(Rounding, SpectralCondition.Judge(layer.NuclearRank, layer.StableRank).Ratio, $"layer {seed}");
        }
    }

    [Theory]
    [InlineData(0.1)]
    [InlineData(1)]
    [InlineData(50)]
    public void With_a_curvature_of_its_own_the_guarantees_are_as_nr_to_the_threshold_of_4_16(double alpha)
    {
        for (ulong seed = 0; seed < Layers; seed++)
        {
            var layer = QuadraticLoss.Random(seed, parameterCurvatureShare: alpha);
            double ratio = layer.SpectralGuarantee / layer.EuclideanGuarantee;
            ratio.ShouldBeRelatively(Rounding, layer.NuclearRank * (1 + (alpha / layer.GradientRank)) / (layer.StableRank + alpha), $"layer {seed}");
            ratio.ShouldBeRelatively(Rounding, SpectralCondition.Judge(layer.NuclearRank, layer.StableRank, layer.GradientRank, alpha).Ratio, $"layer {seed}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(0.5)]
    [InlineData(20)]
    public void Both_steps_take_at_least_what_they_guarantee_off_the_loss(double alpha)
    {
        for (ulong seed = 0; seed < Layers; seed++)
        {
            var layer = QuadraticLoss.Random(seed, parameterCurvatureShare: alpha);
            layer.EuclideanDecrease.ShouldBeAtLeast(layer.EuclideanGuarantee * (1 - Cancellation), $"Euclidean, layer {seed}");
            layer.SpectralDecrease.ShouldBeAtLeast(layer.SpectralGuarantee * (1 - Cancellation), $"spectral, layer {seed}");
        }
    }

    /// <summary>The control: a guarantee of a tenth more is not kept by every layer, so the bound above is the right one.</summary>
    [Fact]
    public void A_larger_guarantee_would_not_be_kept()
    {
        var layers = Enumerable.Range(0, Layers).Select(seed => QuadraticLoss.Random((ulong)seed)).ToList();
        layers.ShouldContain(layer => layer.EuclideanDecrease < 1.1 * layer.EuclideanGuarantee);
        layers.ShouldContain(layer => layer.SpectralDecrease < 1.1 * layer.SpectralGuarantee);
    }

    /// <summary>The two-sided argument under (1.5): a Euclidean step never takes off more than twice its guarantee.</summary>
    [Fact]
    public void Where_nr_is_at_least_twice_st_the_spectral_step_takes_no_less_off_the_loss()
    {
        int certain = 0, undecided = 0, euclidean = 0, spectralWorse = 0;
        for (ulong seed = 0; seed < Layers; seed++)
        {
            var layer = QuadraticLoss.Random(seed);
            double spectral = layer.SpectralDecrease, gradientDescent = layer.EuclideanDecrease;
            gradientDescent.ShouldBeAtMost(2 * layer.EuclideanGuarantee * (1 + Cancellation), $"layer {seed}");
            switch (SpectralCondition.Judge(layer.NuclearRank, layer.StableRank).Verdict)
            {
                case Verdict.Spectral:
                    certain++;
                    spectral.ShouldBeAtLeast(gradientDescent * (1 - Cancellation), $"layer {seed}");
                    break;
                case Verdict.Undecided:
                    undecided++;
                    break;
                default:
                    euclidean++;
                    spectralWorse += spectral < gradientDescent ? 1 : 0;
                    break;
            }
        }
        // The layers must lie on all sides of the boundaries, and below the first one the spectral step must be able to lose.
        certain.ShouldBeGreaterThan(20);
        undecided.ShouldBeGreaterThan(20);
        euclidean.ShouldBeGreaterThan(20);
        spectralWorse.ShouldBeGreaterThan(10);
    }
}
