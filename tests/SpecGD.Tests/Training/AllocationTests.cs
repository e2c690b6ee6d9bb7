using SpecGD.Data;
using SpecGD.Models;
using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Optimizers;
using SpecGD.Optimizers.Parameters;
using SpecGD.Records;
using SpecGD.Spectral;
using SpecGD.Training;

namespace SpecGD.Tests.Training;

/// <summary>
/// Bytes that one step allocates on all threads once the pools are filled, whatever the size of what is trained; and what a model takes for its length and its
/// vocabulary.
/// </summary>
public sealed class AllocationTests : IDisposable
{
    /// <summary>Closures, enumerators and records of a step of a trajectory: some hundred bytes for each layer and probe, the same for every size.</summary>
    private const long TrajectoryStep = 8 << 10;

    /// <summary>The same for a model of six blocks on one thread: a closure for each walk over rows, a loop object for each layer's heads.</summary>
    private const long GptStep = 64 << 10;

    /// <summary>And what .NET's parallel loops take besides, 1 to 2 KiB each, for some 110 walks that are divided between two threads.</summary>
    private const long DividedGptStep = 320 << 10;

    /// <summary>Less than one number for each row that the larger of two cases has more: an array of the size of anything would be seen.</summary>
    private const long Slack = 1 << 10;

    /// <summary>
    /// The same for a language model, whose longer case has 1024 rows of floats more; a busy machine's collector and timers take some hundred bytes.
    /// </summary>
    private const long LanguageSlack = 3 << 10;

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

    [SkippableTheory]
    [InlineData(1, GptStep)]
    [InlineData(2, DividedGptStep)]
    public void A_training_step_of_a_language_model_allocates_the_same_few_bytes_for_every_length_and_vocabulary(int threads, long bound)
    {
        CopyingBackend.Skips();
        ThreadBudget.Total = threads;
        long first = PerLanguageStep(1024, 1100), longer = PerLanguageStep(2048, 1100), larger = PerLanguageStep(1024, 2500);
        first.ShouldBeLessThan(bound);
        longer.ShouldBeLessThan(first + (threads * LanguageSlack)); // two threads do not always meet in the same loops
        larger.ShouldBeLessThan(first + (threads * LanguageSlack));
    }

    /// <summary>The counter sees what the tests above would miss if it did not: one copy of a weight at each step.</summary>
    [Fact]
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
    /// A(T) = a + b·T + c·T² has the second difference 2c·h²: with a T × T mask of single bits c would be an eighth of a byte in every head or block.
    /// The window is the whole sequence.
    /// </summary>
    [SkippableFact]
    public void Nothing_that_a_model_takes_grows_with_the_square_of_the_length()
    {
        CopyingBackend.Skips();
        ThreadBudget.Total = 1;
        const int h = 1024;
        ModelBytes(h); // what is made once for the process
        long second = ModelBytes(3 * h) - (2 * ModelBytes(2 * h)) + ModelBytes(h);
        Math.Abs(second).ShouldBeLessThan(2 * h * h / 16);

        static long ModelBytes(int length)
        {
            MatrixPool<float>.Trim();
            long before = GC.GetTotalAllocatedBytes(precise: true);
            LanguageModel(length, vocabulary: 300)();
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        }
    }

    /// <summary>Beyond a slice of the vocabulary, more tokens need no more logits: the head of 2T tokens takes what that of T takes, and one loss each.</summary>
    [SkippableFact]
    public void The_head_never_holds_the_logits_of_all_tokens()
    {
        CopyingBackend.Skips();
        ThreadBudget.Total = 1;
        const int vocabulary = 65_536, width = 8, length = 512; // the slice is 512 tokens: 128 MB
        HeadBytes(1); // what is made once for the process
        long once = HeadBytes(length), twice = HeadBytes(2 * length);
        once.ShouldBeGreaterThan((long)length * vocabulary * sizeof(float));
        (twice - once).ShouldBeLessThan(length * 16 * sizeof(double)); // nothing but what is as long as the sequence: a 1/4096 of the logits

        static long HeadBytes(int length)
        {
            var weight = new ParameterTensor<float>(new ParameterLayout("head", [vocabulary, width]));
            Matrix<float> x = new(length, width), dx = new(length, width);
            MatrixPool<float>.Trim();
            long before = GC.GetTotalAllocatedBytes(precise: true);
            new LanguageModelHead<float>(weight, length).LossAndGradient(x, new int[length], dx);
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        }
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

    /// <summary>Bytes a step of a language model: the least of several, since parallel loops do not divide the same way each time.</summary>
    private static long PerLanguageStep(int length, int vocabulary)
    {
        const int warm = 2, steps = 5;
        var step = LanguageModel(length, vocabulary);
        long least = long.MaxValue;
        for (int i = 0; i < warm + steps; i++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            step();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        return least;
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

    private static Action LanguageModel(int length, int vocabulary)
    {
        var parameters = new GptParameters<float>(new GptShape { Vocabulary = vocabulary, EndOfText = 0, Layers = 6, Width = 64, Heads = 2 });
        parameters.Initialise(new TorchRandom(1));
        var model = new GptModel<float>(parameters, length);
        var optimizer = new ParameterOptimizer<float>(parameters.All, GptRouting.Muon(new MuonRule(), new AdamRule()), new CooldownSchedule(1000));
        int[] tokens = [.. Enumerable.Range(0, length).Select(t => 1 + (t * 7 % (vocabulary - 1)))];
        return () =>
        {
            parameters.ClearGradients();
            double.IsFinite(model.LossAndGradient(tokens, tokens, length / 128)).ShouldBeTrue();
            optimizer.Step();
        };
    }
}
