using SpecGD.Experiments.NanoGpt;
using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Optimizers.Parameters;
using SpecGD.Spectral;

namespace SpecGD.Benchmarks;

/// <summary>Parts of a language model's step by themselves: attention, the loss, and the update.</summary>
internal static class LanguageKernels
{
    private const int Length = 1024, HeadWidth = 128, LossTokens = 128;

    /// <summary>All of them.</summary>
    public static IEnumerable<Benchmark> All =>
    [
        // Scores and mixed values forward; backward the scores again and the gradients of values, probabilities, queries and keys. Half of each by causality.
        Kernel("attention-forward", $"one head of width {HeadWidth} over {Counted.Of(Length, "token")} of one document", products: 2, static head => head.Forward),
        Kernel("attention-backward", "the same backward", products: 5, static head => head.Backward),
        Loss("loss-head", "124M"),
        Update("update-tiny", "tiny", runs: 9),
        Update("update-nano", "nano", runs: 5),
    ];

    private static Benchmark Kernel(string name, string description, int products, Func<AttentionHead, Action> part) => new()
    {
        Name = name,
        Description = description,
        Kind = BenchmarkKind.Kernel,
        SinglePrecision = true,
        LeastFlops = products * Flops.Product(Length, HeadWidth, Length) / 2,
        Prepare = () => part(new AttentionHead()),
    };

    private static Benchmark Loss(string name, string preset)
    {
        var shape = NanoGptPreset.Named(preset).Shape;
        return new()
        {
            Name = name,
            Description = $"logits of {Counted.Of(LossTokens, "token")} over {shape.PaddedVocabulary}, their cross-entropy and its gradient, width {shape.Width}",
            Kind = BenchmarkKind.Kernel,
            SinglePrecision = true,
            Tokens = LossTokens,
            LeastFlops = 3 * Flops.Product(LossTokens, shape.Width, shape.PaddedVocabulary),
            Prepare = () =>
            {
                var random = new TorchRandom(5);
                var weight = new ParameterTensor<float>("head", [shape.PaddedVocabulary, shape.Width]);
                KernelBenchmarks.Single(random.Normal(shape.PaddedVocabulary, shape.Width)).CopyTo(weight.Value);
                Matrix<float> x = KernelBenchmarks.Single(random.Normal(LossTokens, shape.Width)), dx = new(LossTokens, shape.Width);
                int[] targets = [.. Enumerable.Range(0, LossTokens).Select(t => t * 389 % shape.Vocabulary)];
                var head = new LanguageModelHead<float>(weight, LossTokens);
                return () => head.LossAndGradient(x, targets, dx);
            },
        };
    }

    private static Benchmark Update(string name, string preset, int runs)
    {
        var shape = NanoGptPreset.Named(preset).Shape;
        var routing = GptRouting.Muon(new MuonRule(), new AdamRule());
        return new()
        {
            Name = name,
            Description = $"one update of all parameters of '{preset}': Muon within the blocks, Adam elsewhere",
            Kind = BenchmarkKind.Language,
            SinglePrecision = true,
            LeastFlops = shape.Layouts().Sum(layout => routing.RouteOf(layout).Rule.Operations(layout)),
            Runs = runs,
            Prepare = () =>
            {
                var parameters = new GptParameters<float>(shape);
                parameters.Initialise(new TorchRandom(1));
                var random = new TorchRandom(6);
                foreach (var tensor in parameters.All)
                    foreach (ref float g in tensor.Gradient.AsSpan())
                        g = random.NextUniformSingle() - 0.5f;
                var optimizer = new ParameterOptimizer<float>(parameters.All, routing, new CooldownSchedule(int.MaxValue));
                return optimizer.Step;
            },
        };
    }

    /// <summary>One head with random queries, keys and values, its forward pass done once for the backward one.</summary>
    private sealed class AttentionHead
    {
        private readonly AttentionMask _mask = new(Length);
        private readonly float[] _logSums = new float[Length];
        private readonly HeadTensors<float> _tensors, _gradient;
        private readonly Matrix<float> _dOutput;

        public AttentionHead()
        {
            var random = new TorchRandom(7);
            Matrix<float> Draw() => KernelBenchmarks.Single(random.Normal(Length, HeadWidth));
            _tensors = new(Draw(), Draw(), Draw(), new(Length, HeadWidth));
            _gradient = new(new(Length, HeadWidth), new(Length, HeadWidth), new(Length, HeadWidth), default);
            _dOutput = Draw();
            _mask.Set(new int[Length], endOfText: 1, Length / AttentionMask.BlockSize);
            Forward();
        }

        public void Forward() => HeadAttention<float>.Forward(_tensors.Q, _tensors.K, _tensors.V, _mask, _tensors.Output, _logSums);

        public void Backward() => HeadAttention<float>.Backward(_tensors, _mask, _logSums, _dOutput, _gradient);
    }
}
