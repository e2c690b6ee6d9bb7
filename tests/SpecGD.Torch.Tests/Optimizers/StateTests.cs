using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Torch.Tests.Optimizers;

/// <summary>What all optimizers of the package owe TorchSharp: state that resumes bit for bit, memory that comes back, devices.</summary>
public class StateTests
{
    public StateTests() => Libtorch.Require();

    public static TheoryData<string> Names => ["muon", "muon-bf16", "spectral", "adaptive"];

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void A_run_that_goes_on_from_a_saved_state_is_the_uninterrupted_one_bit_for_bit(string name)
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        var (model, optimizer) = New(name, 1);
        using (model)
        using (optimizer)
        {
            Train(model, optimizer, 0, 3);
            model.save(folder["model.dat"]);
            optimizer.save_state_dict(folder["optimizer.dat"]);
            Train(model, optimizer, 3, 6);
            var (resumed, other) = New(name, 2);
            using (resumed)
            using (other)
            {
                resumed.load(folder["model.dat"]);
                other.load_state_dict(folder["optimizer.dat"]);
                Train(resumed, other, 3, 6);
                AreSame(model, resumed).ShouldBeTrue();
            }
            // negative control: without the state the run is another one
            var (forgetful, fresh) = New(name, 2);
            using (forgetful)
            using (fresh)
            {
                forgetful.load(folder["model.dat"]);
                Train(forgetful, fresh, 3, 6);
                AreSame(model, forgetful).ShouldBeFalse("else the comparison sees nothing");
            }
        }
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void A_state_handed_over_in_memory_is_a_copy(string name)
    {
        using var scope = NewDisposeScope();
        var (model, optimizer) = New(name, 1);
        var (twin, other) = New(name, 1);
        Train(model, optimizer, 0, 2);
        using (no_grad())
            foreach (var (mine, its) in twin.parameters().Zip(model.parameters()))
                mine.copy_(its);
        other.load_state_dict(optimizer.state_dict());

        Train(model, optimizer, 2, 4);
        Train(twin, other, 2, 4);

        AreSame(model, twin).ShouldBeTrue("each has a momentum of its own");
        foreach (IDisposable all in new IDisposable[] { model, optimizer, twin, other })
            all.Dispose();
    }

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void A_thousand_steps_leave_no_tensor_behind(string name)
    {
        var (model, optimizer) = New(name, 1);
        using (model)
        using (optimizer)
        {
            Train(model, optimizer, 0, 2);
            long before = Live();
            Train(model, optimizer, 2, 1002);
            Live().ShouldBe(before);
        }
    }

    /// <summary>A tensor that neither a scope nor a field holds may be freed by the collector while an operation still reads it.</summary>
    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void Every_tensor_of_a_step_is_made_in_a_scope(string name)
    {
        var (model, optimizer) = New(name, 1);
        using (model)
        using (optimizer)
            for (int step = 0; step < 3; step++)
            {
                Backward(model, step);
                long before = Unheld();
                optimizer.step();
                Unheld().ShouldBe(before);
            }
        long made = Unheld();
        using var one = zeros(1);
        Unheld().ShouldBe(made + 1, "the count sees one");

        static long Unheld() => DisposeScopeManager.Statistics.TensorStatistics.CreatedOutsideScopeCount;
    }

    [SkippableFact]
    public void The_count_of_tensors_sees_one()
    {
        long before = Live();
        using var one = zeros(1);
        Live().ShouldBe(before + 1);
    }

    [SkippableFact]
    public void Every_tensor_of_a_step_is_on_the_device_of_its_parameter()
    {
        // the device meta computes shapes alone, and refuses to be mixed with tensors of the processor
        using var scope = NewDisposeScope();
        var meta = new Device(DeviceType.META);
        Parameter[] weights = [new(randn(6, 4, device: meta)), new(randn(6, 4, device: meta)), new(randn(5, 3, 2, 2, device: meta)), new(randn(2, 3, 4, device: meta))];
        OptimizerHelper[] optimizers =
        [
            new Muon(weights, 0.1, weightDecay: 0.1), new Muon(weights, 0.1, coefficients: MuonCoefficients.PolarExpress, precision: ScalarType.Float64),
            new SpectralDescent(weights, 0.1, momentum: 0.5),
        ];
        foreach (var optimizer in optimizers)
        {
            foreach (var weight in weights)
                weight.grad = randn(weight.shape, device: meta);
            optimizer.step();
            optimizer.Dispose();
        }
        weights.ShouldAllBe(weight => weight.device_type == DeviceType.META);
        Should.Throw<Exception>(() => weights[0].detach().add_(zeros(6, 4))).Message.ShouldContain("meta", Case.Insensitive, "a mixture is noticed");
    }

    [SkippableFact]
    public void A_model_that_was_moved_after_the_optimizer_was_made_is_an_error()
    {
        using var scope = NewDisposeScope();
        using var model = nn.Linear(4, 4);
        using var muon = new Muon([model.weight!]);
        muon.Groups.First().Parameters = [Tensors.Weight(1, 4, 4)];

        Should.Throw<InvalidOperationException>(() => muon.step()).Message.ShouldContain("replaced");
    }

    private static long Live() => DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;

    private static (nn.Module<Tensor, Tensor> Model, OptimizerHelper Optimizer) New(string name, int seed)
    {
        random.manual_seed(seed);
        var model = nn.Sequential(nn.Linear(6, 8, hasBias: false), nn.Tanh(), nn.Linear(8, 8, hasBias: false), nn.Tanh(), nn.Linear(8, 2, hasBias: false));
        return (model, name switch
        {
            "muon" => new Muon(model.parameters(), 0.02, weightDecay: 0.01, precision: ScalarType.Float32),
            "muon-bf16" => new Muon([new Muon.ParamGroup(model.parameters(), new Muon.Options { Coefficients = MuonCoefficients.PolarExpress })], 0.02),
            "spectral" => new SpectralDescent(model.parameters(), 0.02, momentum: 0.9),
            _ => new AdaptiveSpectral(model, 0.5, new AdaptiveSpectral.Options { Refresh = 2 }),
        });
    }

    private static void Train(nn.Module<Tensor, Tensor> model, OptimizerHelper optimizer, int from, int to)
    {
        for (int t = from; t < to; t++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            Backward(model, t);
            optimizer.step();
        }
    }

    private static void Backward(nn.Module<Tensor, Tensor> model, int step)
    {
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)(1000 + step));
        var (x, y) = (randn([16, 6], generator: generator), randn([16, 2], generator: generator));
        nn.functional.mse_loss(model.call(x), y).backward();
    }

    private static bool AreSame(nn.Module one, nn.Module other) => one.parameters().Zip(other.parameters()).All(pair => Tensors.AreSameBits(pair.First, pair.Second));
}
