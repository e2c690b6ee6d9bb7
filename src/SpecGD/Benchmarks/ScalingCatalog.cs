using SpecGD.Data;
using SpecGD.Models;
using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Numerics.Random;
using SpecGD.Optimizers;
using SpecGD.Spectral;

namespace SpecGD.Benchmarks;

/// <summary>The series that <c>specgd bench scaling</c> times: dimension, samples, length, depth and threads.</summary>
public static class ScalingCatalog
{
    private const int Vocabulary = 257;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<ScalingSeries> All =>
    [
        new()
        {
            Name = "dim",
            Title = "SpecGD step",
            Description = "a SpecGD step of the random-feature model, one core",
            Parameter = "dim",
            Sizes = [64, 128, 256, 512],
            Theory = 3,
            Prepare = RandomFeatureStep,
        },
        new()
        {
            Name = "samples",
            Title = "Four-layer network",
            Description = "forward and backward of the four-layer network, width 256",
            Parameter = "n",
            Sizes = [256, 512, 1024, 2048, 4096],
            Theory = 1,
            Prepare = NetworkPass,
        },
        new()
        {
            Name = "length",
            Title = "GPT, windows of 256",
            Description = "forward and backward of 6 blocks of width 256 over T tokens, windows of 256 tokens",
            Parameter = "T",
            Sizes = [256, 512, 1024, 2048],
            Theory = 1,
            Prepare = static length => LanguagePass(layers: 6, length, window: 2),
        },
        new()
        {
            Name = "length-full",
            Title = "GPT, full windows",
            Description = "the same with windows as long as the sequence",
            Parameter = "T",
            Sizes = [256, 512, 1024, 2048, 4096],
            Theory = 2,
            Prepare = static length => LanguagePass(layers: 6, length, window: length / AttentionMask.BlockSize),
        },
        new()
        {
            Name = "layers",
            Title = "GPT, depth",
            Description = "forward and backward of 512 tokens through blocks of width 256",
            Parameter = "layers",
            Sizes = [6, 12, 24, 48],
            Theory = 1,
            Prepare = static layers => LanguagePass(layers, length: 512, window: 4),
        },
        Threads("threads-product", "Product", "a 1024³ product in double precision", Product),
        Threads("threads-polar", "Polar factors", "eight polar factors of 256×256 side by side", PolarFactors),
        Threads("threads-language", "GPT", "forward and backward of 512 tokens, 6 blocks of width 256", static () => LanguagePass(layers: 6, length: 512, window: 4)),
    ];

    /// <summary>The series called <paramref name="name"/>.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public static ScalingSeries Named(string name) => All.FirstOrDefault(series => series.Name == name)
        ?? throw new BadInputException($"There is no scaling '{name}'; there are {string.Join(", ", All.Select(series => series.Name))}.{Spelling.Hint(name, All.Select(series => series.Name))}");

    /// <summary>From one thread to the budget, by doubling.</summary>
    private static ScalingSeries Threads(string name, string title, string description, Func<Action> prepare)
    {
        var counts = new List<int>();
        for (int count = 1; count < ThreadBudget.Total; count *= 2)
            counts.Add(count);
        return new()
        {
            Name = name,
            Title = title,
            Description = description,
            Parameter = "threads",
            Sizes = [.. counts, ThreadBudget.Total],
            Theory = -1,
            Prepare = _ => prepare(),
            SizeIsThreads = true,
        };
    }

    private static Action RandomFeatureStep(int dim)
    {
        var random = new TorchRandom(0);
        var features = RandomFeatures.Draw(random, dim, dim / 2, 4 * dim, Activation.Named("relu"));
        var problem = new LeastSquaresProblem(features, RandomFeatures.Gaussian(random, dim, dim, dim));
        var model = new LeastSquaresModel(problem, new Matrix<double>(dim, dim));
        var method = new SteepestDescent(Geometry.Spectral, StepSize.Natural());
        int[] once = [0];
        return () => ThreadBudget.ForEach(once, _ => // one core, as trajectories run side by side
        {
            model.Evaluate();
            method.Propose(model.Blocks);
            method.Apply(model.Blocks);
        });
    }

    private static Action NetworkPass(int samples)
    {
        const int dim = 128, width = 256;
        var activation = Activation.Named("relu_square");
        var random = new TorchRandom(42);
        var inputs = random.Normal(samples, dim);
        var weights = FourLayerNetwork.Draw(random, dim, width, activation);
        var model = new MultilayerPerceptron(inputs, FourLayerNetwork.ProductOfFirstThree(inputs), weights, activation);
        return () => model.Evaluate();
    }

    private static Action LanguagePass(int layers, int length, int window)
    {
        var shape = new GptShape { Vocabulary = Vocabulary, EndOfText = Vocabulary - 1, Layers = layers, Width = 256, Heads = 4 };
        return LanguageBenchmarks.TrainingPass(shape, length, window);
    }

    private static Action Product()
    {
        var random = new TorchRandom(8);
        Matrix<double> a = random.Normal(1024, 1024), b = random.Normal(1024, 1024), c = new(1024, 1024);
        return () => Linear.Multiply(1, a, false, b, false, 0, c);
    }

    private static Action PolarFactors()
    {
        var random = new TorchRandom(9);
        (Matrix<double> Of, Matrix<double> Into)[] pairs = [.. Enumerable.Range(0, 8).Select(_ => (random.Normal(256, 256), new Matrix<double>(256, 256)))];
        return () => ThreadBudget.ForEach(pairs, static pair => Polar.Decompose(pair.Of, pair.Into));
    }
}
