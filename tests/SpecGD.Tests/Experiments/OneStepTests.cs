using SpecGD.Data;
using SpecGD.Experiments;
using SpecGD.Experiments.OneStepTrials;
using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Optimizers;
using SpecGD.Spectral;
using SpecGD.Training;

namespace SpecGD.Tests.Experiments;

public class OneStepTests
{
    /// <summary>Differences of two losses of about 1 against a closed form.</summary>
    private const double Rounding = 1e-9;

    /// <summary>What the outcome itself allows a guarantee that is met with equality.</summary>
    private const double Slack = 1e-6;

    private static readonly OneStepOptions Features = new()
    {
        Models = [OneStepOptions.RandomFeature],
        Seeds = [3],
        Iterates = 6,
        RandomFeatureSteps = 40,
    };

    private static readonly OneStepOptions Small = new()
    {
        Models = [OneStepOptions.FourLayer, OneStepOptions.NanoGpt],
        Seeds = [1],
        Iterates = 3,
        FourLayerSteps = 8,
        Width = 16,
        NanoGptSteps = 3,
        NanoGptIterates = 2,
        NanoGptSequences = 1,
    };

    [Fact]
    public void On_a_quadratic_both_steps_decrease_the_loss_by_once_to_twice_the_guarantee_and_the_rule_is_right_where_it_must_be()
    {
        var rows = OneStepRow.All(new OneStep().Run(Features, RunContext.Silent).Log);

        rows.Count.ShouldBe(24, "six iterates of two methods on two activations");
        foreach (var row in rows)
        {
            foreach (var outcome in new[] { row.Euclidean, row.Spectral })
            {
                outcome.Halvings.ShouldBe(0);
                (outcome.Kept / outcome.Guarantee is >= 1 - Slack and <= 2 + Slack).ShouldBeTrue($"{row}");
                (outcome.Best >= outcome.Kept).ShouldBeTrue();
            }
            (Math.Abs((row.NuclearRank / row.StableRank) - row.Predicted) <= Rounding * row.Predicted).ShouldBeTrue("the ratio of guarantees is nr/st");
            (row.IsRight || !row.IsDecided).ShouldBeTrue("the two-sided argument");
        }
        rows.ShouldContain(row => row.IsDecided);
    }

    [Fact]
    public void The_decreases_are_those_of_the_closed_form()
    {
        var random = new TorchRandom(8);
        var features = RandomFeatures.Draw(random, 7, 4, 30, Activation.Named("relu"));
        var problem = new LeastSquaresProblem(features, random.Normal(7, 7));
        var model = new LeastSquaresModel(problem, random.Normal(7, 7));
        double before = model.Evaluate();
        var block = model.Blocks[0];
        var gradient = block.Gradient.Clone();
        var layer = new SteppedLayer("W1", "W1", block.Weight, block.Gradient, block.Activation, 1.0 / 30);

        foreach (bool spectral in new[] { false, true })
        {
            var outcome = StepOutcome.Of([layer], _ => spectral, model.Evaluate, before);

            // L(W − D) = L(W) − ⟨G, D⟩ + ½⟨D, D B⟩
            var d = spectral ? Polar.Of(gradient) : gradient.Clone();
            var curvature = StepModel.OfActivations(Measures.OperatorNorm(features), Measures.FrobeniusNorm(features), 1.0 / 30);
            d.Scale(spectral ? ExactMeasures.NuclearNorm(gradient) / curvature.SpectralCurvature : 1 / curvature.EuclideanCurvature);
            var db = Numerics.LinearAlgebra.Linear.Product(d, problem.SecondMoment);
            double expected = MatrixArithmetic.Dot(gradient, d) - (0.5 * MatrixArithmetic.Dot(d, db));
            (Math.Abs(outcome.Decrease - expected) <= Rounding * before).ShouldBeTrue($"{outcome.Decrease} against {expected}");
        }
    }

    [Fact]
    public void A_step_that_breaks_its_guarantee_is_halved_until_it_keeps_it()
    {
        // L(w) = ½·k·w² promises with curvature 1: the step w is too long for k > 1, and half of it k times often enough.
        foreach (var (k, halvings) in new[] { (1.0, 0), (1.5, 1), (4.0, 2), (5.0, 3) })
        {
            var weight = Matrix.From(new[,] { { 1.0 } });
            var gradient = Matrix.From(new[,] { { k } });
            var layer = new SteppedLayer("w", "w", weight, gradient, new ActivationMeasurement(Matrix.From(new[,] { { 1.0 } }), 1), 1);
            double Loss() => 0.5 * k * weight[0, 0] * weight[0, 0];

            var outcome = StepOutcome.Of([layer], _ => false, Loss, Loss());

            outcome.Halvings.ShouldBe(halvings, $"k = {k}");
            weight[0, 0].ShouldBe(1, "the weight is put back");
        }
    }

    [Fact]
    public void A_loss_that_only_rises_keeps_no_guarantee()
    {
        var weight = Matrix.From(new[,] { { 1.0 } });
        var layer = new SteppedLayer("w", "w", weight, Matrix.From(new[,] { { -1.0 } }), new ActivationMeasurement(Matrix.From(new[,] { { 1.0 } }), 1), 1);

        var outcome = StepOutcome.Of([layer], _ => true, () => weight[0, 0], weight[0, 0]); // the gradient has the wrong sign

        double.IsNaN(outcome.Halvings).ShouldBeTrue();
        outcome.Decrease.ShouldBeLessThan(0);
        weight[0, 0].ShouldBe(1);
    }

    [Fact]
    public void The_probe_leaves_the_trajectory_as_it_is_bit_for_bit()
    {
        static LeastSquaresModel Trained(bool probed)
        {
            var random = new TorchRandom(2);
            var features = RandomFeatures.Draw(random, 9, 5, 40, Activation.Named("swiglu"));
            var problem = new LeastSquaresProblem(features, random.Normal(9, 9));
            LeastSquaresModel New() => new(problem, new Matrix<double>(9, 9));
            var probe = new OneStepProbe(new TrialSource("m", "t", 2), New(), 1.0 / 40, new HashSet<int> { 0, 3, 7 }, []);
            var model = New();
            var optimizer = new SteepestDescent(Geometry.Spectral, StepSize.Natural());
            TrainingLoop.Run(new Trajectory("t", model, optimizer, probed ? [probe] : [], 0, 9), SilentProgress.Instance, CancellationToken.None);
            probe.Rows.Count.ShouldBe(probed ? 3 : 0);
            return model;
        }

        Trained(true).Blocks[0].Weight.AsSpan().SequenceEqual(Trained(false).Blocks[0].Weight.AsSpan()).ShouldBeTrue();
    }

    [Fact]
    public void Every_layer_of_the_network_and_of_the_language_model_is_tried_alone_and_the_network_s_together()
    {
        var log = new OneStep().Run(Small, RunContext.Silent).Log;
        var rows = OneStepRow.All(log);

        foreach (string model in new[] { "four-layer relu_square", "four-layer swiglu" })
            rows.Where(row => row.Model == model).Select(row => row.Kind).Distinct().ShouldBe(["W1", "W2", "W3", "W4", "all layers"]);
        var gpt = rows.Where(row => row.Model == "nanogpt tiny").ToArray();
        gpt.Where(row => row.Step == 0).Select(row => row.Kind).Distinct().ShouldBe(["head"], "output matrices start at zero, so nothing else has a gradient");
        gpt.Where(row => row.Step == 2).Select(row => row.Kind).Distinct().Count().ShouldBe(8);
        rows.ShouldAllBe(row => double.IsNaN(row.Predicted) || row.Predicted > 0);
        var again = OneStepRow.All(new OneStep().Run(Small, RunContext.Silent).Log);
        again.Select(row => row.ToJson().ToJsonString()).ShouldBe(rows.Select(row => row.ToJson().ToJsonString()), "a run can be repeated");
    }

    [Fact]
    public void A_row_goes_through_the_log_and_back()
    {
        var rows = OneStepRow.All(new OneStep().Run(Features with { Iterates = 2 }, RunContext.Silent).Log);

        foreach (var row in rows)
            OneStepRow.FromJson(row.ToJson()).ShouldBe(row);
    }

    [Theory]
    [InlineData(100, 5)]
    [InlineData(1, 5)]
    [InlineData(60, 1)]
    public void Places_hold_the_first_and_the_last_step_and_none_beyond(int steps, int most)
    {
        var places = OneStepTrial.Places(steps, most);

        places.ShouldContain(0);
        places.ShouldContain(steps - 1);
        places.ShouldAllBe(place => place >= 0 && place < steps);
        places.Count.ShouldBeLessThanOrEqualTo(most + 1);
    }
}
