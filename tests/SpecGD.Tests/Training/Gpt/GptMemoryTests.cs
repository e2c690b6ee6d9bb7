using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Optimizers.Parameters;
using SpecGD.Training.Gpt;

namespace SpecGD.Tests.Training.Gpt;

/// <summary>What was told of a run's size against what is really allocated.</summary>
public class GptMemoryTests
{
    private static readonly GptTrainingPlan Plan = new() { Steps = 10, Length = 512, Ranks = 1, LargestWindow = 512, TrackEvery = 0 };

    public static TheoryData<int, GptMlp> Shapes => new() { { 6, GptMlp.ReluSquare }, { 8, GptMlp.SwiGlu } };

    private static GptShape Shape(int layers, GptMlp mlp) =>
        new() { Vocabulary = 300, EndOfText = 0, Layers = layers, Width = 96, Heads = 4, Mlp = mlp };

    [SkippableTheory]
    [MemberData(nameof(Shapes))]
    public void Parameters_gradients_and_state_are_what_is_allocated(int layers, GptMlp mlp)
    {
        var shape = Shape(layers, mlp);
        var routing = GptRouting.Muon(new MuonRule(), new AdamRule());
        var memory = GptMemory.Of<float>(shape, Plan, routing);
        var parameters = new GptParameters<float>(shape);
        var optimizer = new ParameterOptimizer<float>(parameters.All, routing, new CooldownSchedule(10));

        shape.ParameterCount.ShouldBe(parameters.All.Sum(tensor => (long)tensor.Count));
        Part(memory, "parameters").ShouldBe(sizeof(float) * parameters.All.Sum(tensor => (long)tensor.Value.Count));
        Part(memory, "gradients").ShouldBe(sizeof(float) * parameters.All.Sum(tensor => (long)tensor.Gradient.Count));
        Part(memory, "optimizer state").ShouldBe(sizeof(float) * optimizer.State.Sum(state => (long)state.Matrix.Count));
    }

    [Fact]
    public void Longer_validation_and_narrower_numbers_change_what_passes()
    {
        var shape = Shape(6, GptMlp.ReluSquare);
        var routing = GptRouting.Adam(new AdamRule());
        var memory = GptMemory.Of<float>(shape, Plan, routing);
        long passing = Part(memory, "passing tensors"), activations = Part(memory, "activations");

        var longer = GptMemory.Of<float>(shape, Plan, routing, validationLength: 4 * Plan.Length);
        Part(longer, "passing tensors").ShouldBe(4 * passing);
        Part(longer, "activations").ShouldBe(activations, "a validation keeps nothing for a backward pass");
        GptMemory.Of<float>(shape, Plan, routing, validationLength: Plan.Length).Total.ShouldBe(memory.Total);
        Part(GptMemory.Of<float>(shape, Plan, routing, halfActivations: true), "activations").ShouldBe(activations / 2);
    }

    [SkippableFact]
    public void The_work_of_an_update_is_what_the_first_one_rents()
    {
        CopyingBackend.Skips();
        var parameters = new GptParameters<float>(Shape(6, GptMlp.ReluSquare) with { Width = 112 });
        GptLayouts.FillGradients(parameters);
        var routing = GptRouting.Muon(new MuonRule(), new AdamRule());
        var optimizer = new ParameterOptimizer<float>(parameters.All, routing, new CooldownSchedule(10));
        int threads = ThreadBudget.Total;
        ThreadBudget.Total = 1;
        try
        {
            MatrixPool<float>.Trim(); // what other tests have left there would be rented again
            long before = GC.GetAllocatedBytesForCurrentThread();
            optimizer.Step();
            double rented = GC.GetAllocatedBytesForCurrentThread() - before;

            long told = Part(GptMemory.Of<float>(parameters.Shape, Plan, routing), "optimizer work");

            (rented <= 1.3 * told && rented >= 0.7 * told).ShouldBeTrue($"{rented} rented, {told} told"); // rows that Adam rents are not told
        }
        finally
        {
            ThreadBudget.Total = threads;
        }
    }

    [SkippableFact]
    public void The_measures_of_a_tracked_step_are_told()
    {
        CopyingBackend.Skips();
        var shape = Shape(6, GptMlp.SwiGlu);
        var parameters = new GptParameters<float>(shape);
        parameters.Initialise(new SpecGD.Numerics.Random.TorchRandom(1));
        int[] tokens = [.. Enumerable.Range(0, Plan.Length).Select(t => t * 7 % 300)];
        var seen = new Recorder();
        LanguageEngine.Of<float>().Model(parameters, Plan.Length).Loss(tokens, tokens, 1, seen);
        var tracker = new GptTracker<float>(shape, 1);
        long before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var (name, activations) in seen.Activations)
            tracker.Observe(name, activations);
        double allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        long told = Part(GptMemory.Of<float>(shape, Plan with { TrackEvery = 1 }, GptRouting.Adam(new AdamRule())), "spectral measures");

        (Math.Abs(allocated - told) <= 0.1 * told).ShouldBeTrue($"{allocated} allocated, {told} told"); // some products were in the pool already
    }

    [SkippableFact]
    public void The_124M_model_has_its_parameters_and_operations()
    {
        var shape = new GptShape();
        var plan = new GptTrainingPlan { Steps = 3, Length = 1024, TrackEvery = 0 };

        shape.ParameterCount.ShouldBe((5L * 50304 * 768) + (11L * 4 * 768 * 768) + (12L * 2 * 4 * 768 * 768) + 60);
        var work = GptWork.Of(shape, plan, GptRouting.Muon(new MuonRule(), new AdamRule()), sequences: 4, validationTokens: 0);

        work.ForToken.ShouldBeInRange(0.73e9, 0.80e9); // 6 operations for each weight of the blocks and the head are 0.73, attention is the rest
        double muon = 5 * ((44 * 4 * Math.Pow(768, 3)) + (24 * ((3 * 4) + 1) * Math.Pow(768, 3))); // three products of a·a·b, one of a·a·a
        (Math.Abs(work.ForUpdate - muon) <= 1e-9 * muon).ShouldBeTrue($"{work.ForUpdate} for {muon}");
        double run = 3 * ((4 * 1024 * work.ForToken) + work.ForUpdate);
        (Math.Abs(work.ForRun - run) <= 1e-9 * run).ShouldBeTrue($"{work.ForRun} for {run}");
    }

    private sealed class Recorder : IGptObserver<float>
    {
        public List<(string Name, Matrix<float> Activations)> Activations { get; } = [];

        public void Observe(string name, Matrix<float> activations) => Activations.Add((name, activations.Clone()));
    }

    private static long Part(GptMemory memory, string name) => memory.Parts.Single(part => part.Name == name).Bytes;
}

/// <summary>Gradients for tests that only need some.</summary>
internal static class GptLayouts
{
    public static void FillGradients(GptParameters<float> parameters)
    {
        var random = new SpecGD.Numerics.Random.TorchRandom(2);
        foreach (var tensor in parameters.All)
            foreach (ref float g in tensor.Gradient.AsSpan())
                g = random.NextUniformSingle() - 0.5f;
    }
}
