using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Optimizers;
using SpecGD.Records;
using SpecGD.Spectral;
using SpecGD.Training;

namespace SpecGD.Tests.Training;

public class TrainingLoopTests
{
    [Fact]
    public void A_value_is_recorded_at_the_iterate_before_its_update()
    {
        // L(w) = w²/2 from w = 1 with step 1/2: the iterates are 1, 1/2, 1/4.
        var (trajectory, log) = Halving(start: 1, stop: 3);

        var outcome = TrainingLoop.Run(trajectory, SilentProgress.Instance, CancellationToken.None);

        outcome.ShouldBe(new TrajectoryOutcome("halving", RunStatus.Finished, 3));
        log.Steps.ShouldBe([0, 1, 2]);
        log.Values.ShouldBe([0.5, 0.125, 0.03125]);
    }

    [Fact]
    public void A_loss_that_is_not_finite_ends_the_trajectory_before_it_is_recorded()
    {
        var (trajectory, log) = Halving(start: double.PositiveInfinity, stop: 3);

        var outcome = TrainingLoop.Run(trajectory, SilentProgress.Instance, CancellationToken.None);

        outcome.Status.ShouldBe(RunStatus.Diverged);
        outcome.Sentence.ShouldBe("halving diverged at step 0: the loss is Infinity (W1 is the first weight that is not finite).");
        log.Count.ShouldBe(0);
    }

    [Fact]
    public void A_gradient_that_is_not_finite_names_its_block()
    {
        var (trajectory, log) = Halving(start: 1, stop: 5, gradientAtStep2: double.NaN);

        var outcome = TrainingLoop.Run(trajectory, SilentProgress.Instance, CancellationToken.None);

        outcome.Sentence.ShouldBe("halving diverged at step 2: the gradient of W1 is not finite.");
        log.Count.ShouldBe(2);
    }

    [Fact]
    public void Cancellation_before_the_first_step_records_nothing()
    {
        var (trajectory, log) = Halving(start: 1, stop: 3);

        TrainingLoop.Run(trajectory, SilentProgress.Instance, new CancellationToken(canceled: true)).Status.ShouldBe(RunStatus.Interrupted);

        log.Count.ShouldBe(0);
    }

    private static (Trajectory Trajectory, Series Losses) Halving(double start, int stop, double? gradientAtStep2 = null)
    {
        var model = new Parabola(start, gradientAtStep2);
        var losses = new LossProbe();
        return (new Trajectory("halving", model, new SteepestDescent(Geometry.Euclidean, StepSize.Fixed(0.5)), [losses], 0, stop), losses.Losses);
    }

    private sealed class LossProbe : IProbe
    {
        public Series Losses { get; } = new();

        public void Observe(int step, double loss, IModel model) => Losses.Add(step, loss);
    }

    private sealed class Parabola : IModel
    {
        private readonly WeightBlock _block;
        private readonly double? _gradientAtStep2;
        private int _evaluations;

        public Parabola(double start, double? gradientAtStep2)
        {
            _block = new WeightBlock("W1", Matrix.From(new[,] { { start } }), new ActivationMeasurement(Matrix.Identity<double>(1), samples: 1));
            _gradientAtStep2 = gradientAtStep2;
            Blocks = [_block];
        }

        public IReadOnlyList<WeightBlock> Blocks { get; }

        public double Evaluate()
        {
            double w = _block.Weight[0, 0];
            _block.Gradient[0, 0] = ++_evaluations == 3 && _gradientAtStep2 is { } given ? given : w;
            _block.GradientChanged();
            return w * w / 2;
        }
    }
}
