using SpecGD.Data;
using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Optimizers;
using SpecGD.Records;
using SpecGD.Spectral;
using SpecGD.Training;

namespace SpecGD.Tests.Training;

/// <summary>Bytes that one step allocates on all threads once the pools are filled, whatever the size of what is trained.</summary>
public sealed class AllocationTests : IDisposable
{
    /// <summary>Closures, enumerators and records of a step of a trajectory: some hundred bytes for each layer and probe, the same for every size.</summary>
    private const long TrajectoryStep = 8 << 10;

    /// <summary>Less than one number for each row that the larger of two cases has more: an array of the size of anything would be seen.</summary>
    private const long Slack = 1 << 10;

    private readonly int _threads = ThreadBudget.Total;

    public void Dispose() => ThreadBudget.Total = _threads;

    public static TheoryData<string> Methods => new() { "gradient_descent", "specgd" };

    /// <summary>Sizes on both sides of the one from which the measures go through Gram matrices; the larger has 160 rows more.</summary>
    [SkippableTheory]
    [MemberData(nameof(Methods))]
    public void A_step_on_random_features_allocates_the_same_few_bytes_at_every_size(string method)
    {
        CopyingBackend.Skips();
        ThreadBudget.Total = 1;
        long tiny = PerStep(() => RandomFeatures(60, method)), small = PerStep(() => RandomFeatures(140, method)), large = PerStep(() => RandomFeatures(300, method));
        tiny.ShouldBeLessThan(TrajectoryStep);
        small.ShouldBeLessThan(TrajectoryStep);
        large.ShouldBeLessThan(small + Slack);
    }

    [SkippableTheory]
    [MemberData(nameof(Methods))]
    public void A_step_of_the_sparse_regression_allocates_the_same_few_bytes_at_every_size(string method)
    {
        CopyingBackend.Skips();
        ThreadBudget.Total = 1;
        long small = PerStep(() => SparseRegression(140, 150, method));
        long wide = PerStep(() => SparseRegression(300, 150, method)), many = PerStep(() => SparseRegression(140, 600, method));
        small.ShouldBeLessThan(TrajectoryStep);
        wide.ShouldBeLessThan(small + Slack);
        many.ShouldBeLessThan(small + Slack);
    }

    /// <summary>The counter sees what the tests above would miss if it did not: one copy of a weight at each step.</summary>
    [SkippableFact]
    public void A_step_that_copies_a_matrix_is_seen()
    {
        static Action Copying(int size)
        {
            var matrix = new Matrix<double>(size, size);
            return () => matrix = matrix.Clone();
        }
        long small = PerStep(() => Copying(140)), large = PerStep(() => Copying(300));
        small.ShouldBeGreaterThan(140 * 140 * sizeof(double));
        large.ShouldBeGreaterThan(small + Slack);
    }

    /// <summary>
    /// Bytes a step of a trajectory whose twin has just gone the same way: all work matrices, whose sizes change from step to step, are in the pool. The
    /// first steps, in which probes and optimizers take what they remember, are left out. The least of three twins: the runtime compiles and collects
    /// beside them, more on a busy machine.
    /// </summary>
    private static long PerStep(Func<Action> trajectory)
    {
        const int first = 3, steps = 12, twins = 3;
        long least = long.MaxValue;
        for (int twin = 0; twin <= twins; twin++)
        {
            var step = trajectory();
            for (int i = 0; i < first; i++)
                step();
            long before = GC.GetTotalAllocatedBytes(precise: true);
            for (int i = 0; i < steps; i++)
                step();
            if (twin > 0)
                least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        return least / steps;
    }

    private static Action RandomFeatures(int dim, string method)
    {
        var random = new TorchRandom(0);
        var features = SpecGD.Data.RandomFeatures.Draw(random, dim, dim / 2, 2 * dim, Activation.Named("relu"));
        var problem = new LeastSquaresProblem(features, SpecGD.Data.RandomFeatures.Gaussian(random, dim, dim, dim));
        var geometry = method == "specgd" ? Geometry.Spectral : Geometry.Euclidean;
        return Steps(new Trajectory(
            method,
            new LeastSquaresModel(problem, new Matrix<double>(dim, dim)),
            new SteepestDescent(geometry, StepSize.Natural()),
            [new SingleBlockProbe(new MethodLog())],
            0,
            0));
    }

    private static Action SparseRegression(int width, int samples, string method)
    {
        var activation = Activation.Named("relu_square");
        var random = new TorchRandom(42);
        var inputs = random.Normal(samples, 16);
        var model = new MultilayerPerceptron(
            inputs, FourLayerNetwork.ProductOfFirstThree(inputs), FourLayerNetwork.Draw(random, 16, width, activation), activation);
        Geometry Of(WeightBlock block) => method == "specgd" && block.Name is "W2" or "W3" ? Geometry.Spectral : Geometry.Euclidean;
        return Steps(new Trajectory(method, model, new SteepestDescent(Of, StepSize.Natural(0.01)), [new LayeredProbe(new MethodLog(), Of)], 0, 0));
    }

    /// <summary>One step of the trajectory at each call, by the loop that experiments run.</summary>
    private static Action Steps(Trajectory trajectory)
    {
        int step = 0;
        return () =>
        {
            var outcome = TrainingLoop.Run(trajectory with { Start = step, Stop = step + 1 }, SilentProgress.Instance, CancellationToken.None);
            outcome.Status.ShouldBe(RunStatus.Finished);
            step++;
        };
    }
}
