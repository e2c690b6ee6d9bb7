using SpecGD.Benchmarks;
using SpecGD.Data;
using SpecGD.Experiments;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Models;
using SpecGD.Numerics.Random;
using SpecGD.Reproduction;

namespace SpecGD.Tests.Benchmarks;

/// <summary>The floors under the memory of experiments and presets, against what is really allocated.</summary>
public class MemoryBenchmarkTests
{
    [Fact]
    public void Every_experiment_of_a_figure_and_every_preset_has_a_floor_of_distinct_parts()
    {
        string[] experiments = [.. MemoryBenchmarks.All.Where(b => b.Command[0] == "run").Select(b => b.Command[1]).Distinct()];
        experiments.Except(ExperimentCatalog.All.Select(e => e.Name)).ShouldBeEmpty();
        PaperFigureCatalog.All.Select(figure => figure.Experiment).Except(experiments).ShouldBe(["nanogpt", "nanogpt-ablation"], ignoreOrder: true, "those two train presets");
        MemoryBenchmarks.All.Select(b => b.Name).ShouldBeUnique();
        BenchmarkCatalog.Named("experiment").Select(b => b.Name).Except(MemoryBenchmarks.All.Select(b => b.Name)).ShouldBeEmpty();
        MemoryBenchmarks.All.Where(b => b.Command[0] == "nanogpt").Select(b => b.Name).ShouldBe(NanoGptPreset.Names.Split(','));
        foreach (var benchmark in MemoryBenchmarks.All)
        {
            benchmark.Floor.Select(part => part.Name).ShouldBeUnique();
            benchmark.Floor.ShouldAllBe(part => part.Bytes > 0);
        }
        Should.Throw<BadInputException>(() => MemoryBenchmarks.Named("polaroid")).Message.ShouldContain("sparse-regression-swiglu-8196");
    }

    /// <summary>The floor counts no more than both models together take, and not less than two thirds: the rest is gradients of all layers at once.</summary>
    [Theory]
    [InlineData("sparse-regression-relu-square", "relu_square", 512)]
    [InlineData("sparse-regression-swiglu-8196", "swiglu", 8196)]
    public void The_floor_of_the_sparse_regression_is_below_what_its_models_allocate(string name, string activation, int samples)
    {
        const double leastShare = 0.6;
        var random = new TorchRandom(1);
        var sigma = Activation.Named(activation);
        long before = GC.GetAllocatedBytesForCurrentThread();
        var inputs = random.Normal(samples, 128);
        var targets = FourLayerNetwork.ProductOfFirstThree(inputs);
        long data = GC.GetAllocatedBytesForCurrentThread() - before;
        var weights = FourLayerNetwork.Draw(random, 128, 512, sigma);
        before = GC.GetAllocatedBytesForCurrentThread();
        var models = Enumerable.Range(0, 2).Select(_ => new MultilayerPerceptron(inputs, targets, weights, sigma)).ToArray();
        double allocated = data + GC.GetAllocatedBytesForCurrentThread() - before;

        double floor = MemoryBenchmarks.Named(name).FloorBytes;
        (floor <= allocated && floor >= leastShare * allocated).ShouldBeTrue($"{floor} counted, {allocated} allocated by {models.Length} models");
    }

    [Fact]
    public void A_preset_s_floor_is_what_it_tells_without_buffers()
    {
        foreach (string name in NanoGptPreset.Names.Split(','))
        {
            var benchmark = MemoryBenchmarks.Named(name);
            benchmark.Floor.Select(part => part.Name).ShouldBe(["parameters", "gradients", "optimizer state", "activations"]);
            benchmark.FloorBytes.ShouldBeLessThan(benchmark.Told.ShouldNotBeNull());
            benchmark.Floor[0].Bytes.ShouldBe(sizeof(float) * NanoGptPreset.Named(name).Shape.ParameterCount);
        }
    }

    [Fact]
    public void The_share_is_of_the_program_and_what_must_live()
    {
        var benchmark = MemoryBenchmarks.Named("tiny");
        new MemoryResult(benchmark, Program: 1000, Peak: 2 * (1000 + benchmark.FloorBytes)).TimesFloor.ShouldBe(2);
        var counted = new MemoryResult(benchmark, 1000, Peak: null);
        counted.TimesFloor.ShouldBeNull();
        counted.ToJson()["floor"]!.GetValue<long>().ShouldBe(1000 + benchmark.FloorBytes);
        counted.Parts.Sum(part => part.Bytes).ShouldBe(counted.Floor);
    }
}
