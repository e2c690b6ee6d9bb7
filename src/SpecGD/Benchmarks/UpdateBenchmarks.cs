using SpecGD.Experiments.NanoGpt;
using SpecGD.Models.Gpt;
using SpecGD.Numerics.Random;
using SpecGD.Optimizers.Parameters;

namespace SpecGD.Benchmarks;

/// <summary>The update of a language model's step by itself.</summary>
internal static class UpdateBenchmarks
{
    /// <summary>All of them.</summary>
    public static IEnumerable<Benchmark> All =>
    [
        Update("update-tiny", "tiny", runs: 9),
        Update("update-nano", "nano", runs: 5),
    ];

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
            Precision = GptEngines.F32,
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
}
