using SpecGD.Optimizers;
using TorchSharp.Modules;
using static TorchSharp.torch;
using LibraryMuon = SpecGD.Optimizers.Muon;

namespace SpecGD.Torch.Tests.Optimizers;

/// <summary>Muon on tensors, against the readable reference, the library's own Muon, and closed forms.</summary>
public class MuonTests
{
    /// <summary>Three steps in double precision, two orders of the same sums.</summary>
    private const double Rounding = 1e-11;

    private const double LearningRate = 0.05, Mu = 0.9, Decay = 0.1;

    public MuonTests() => Libtorch.Require();

    public static TheoryData<string, MuonCoefficients, int> Ways => new()
    {
        { "original", MuonCoefficients.Quintic, 5 },
        { "match_rms_adamw", MuonCoefficients.Quintic, 5 },
        { "spectral", MuonCoefficients.PolarExpress, 8 },
    };

    [SkippableTheory]
    [MemberData(nameof(Ways))]
    public void Three_steps_are_those_of_the_reference_and_of_the_library(string scale, MuonCoefficients coefficients, int steps)
    {
        using var scope = NewDisposeScope();
        Parameter[] weights = [Tensors.Weight(1, 8, 5), Tensors.Weight(2, 5, 8), Tensors.Weight(3, 8, 5)]; // two are one batch
        double[][,] w = [.. weights.Select(Tensors.Array)], m = [.. weights.Select(p => new double[p.shape[0], p.shape[1]])];
        var library = new LibraryMuon(new MuonSettings(LearningRate)
        {
            Momentum = Mu,
            WeightDecay = Decay,
            Scale = MuonScale.Named(scale),
            Orthogonalizer = coefficients == MuonCoefficients.Quintic ? Orthogonalizer.NewtonSchulz : Orthogonalizer.PolarExpress,
        });
        SpecGD.Spectral.WeightBlock[] blocks =
            [.. weights.Select((p, i) => new SpecGD.Spectral.WeightBlock($"W{i}", Tensors.Matrix(p), new SpecGD.Spectral.ActivationMeasurement(Tensors.Matrix(p), 1)))];
        using var muon = new Muon(weights, LearningRate, Mu, Decay, scale: MuonScale.Named(scale), coefficients: coefficients, precision: ScalarType.Float64);

        for (int t = 0; t < 3; t++)
        {
            for (int i = 0; i < weights.Length; i++)
            {
                weights[i].grad = Tensors.Normal(100 + (10 * t) + i, weights[i].shape);
                double factor = MuonScale.Named(scale).Of((int)weights[i].shape[0], (int)weights[i].shape[1]);
                OrthogonalReference.MuonStep(w[i], m[i], Tensors.Array(weights[i].grad!), Mu, LearningRate, Decay, factor, coefficients, steps);
                blocks[i].SetGradient(Tensors.Matrix(weights[i].grad!));
            }
            library.Propose(blocks);
            library.Apply(blocks);
            muon.step();
        }

        for (int i = 0; i < weights.Length; i++)
        {
            Tensors.Deviation(weights[i], tensor(w[i])).ShouldBeLessThan(Rounding);
            Tensors.Deviation(weights[i], Tensors.Tensor(blocks[i].Weight)).ShouldBeLessThan(Rounding);
        }
    }

    [SkippableFact]
    public void A_first_step_without_momentum_is_the_polynomial_of_the_singular_values()
    {
        using var scope = NewDisposeScope();
        var weight = Tensors.Weight(zeros(4, 4, ScalarType.Float64));
        weight.grad = diag(tensor(new[] { 2.0, 1.0, 0, 0 })); // G/‖G‖_F has 2/√5 and 1/√5
        using var muon = new Muon([weight], 1, momentum: 0, nesterov: false, steps: 1, precision: ScalarType.Float64);

        muon.step();

        static double P(double s) => (3.4445 * s) - (4.7750 * Math.Pow(s, 3)) + (2.0315 * Math.Pow(s, 5));
        Tensors.Deviation(weight, diag(tensor(new[] { -P(2 / Math.Sqrt(5)), -P(1 / Math.Sqrt(5)), 0, 0 }))).ShouldBeLessThan(Rounding);
    }

    [SkippableFact]
    public void Convolutions_are_one_matrix_and_three_sizes_a_batch_unless_flattened()
    {
        using var scope = NewDisposeScope();
        Parameter convolution = Tensors.Weight(1, 6, 3, 2, 2), stack = Tensors.Weight(2, 3, 4, 5), line = Tensors.Weight(stack);
        Parameter flat = Tensors.Weight(convolution.reshape(6, 12)), lineFlat = Tensors.Weight(line.reshape(3, 20));
        Parameter[] slices = [.. Enumerable.Range(0, 3).Select(i => Tensors.Weight(stack[i]))];
        (convolution.grad, stack.grad) = (Tensors.Normal(3, 6, 3, 2, 2), Tensors.Normal(4, 3, 4, 5));
        (flat.grad, line.grad, lineFlat.grad) = (convolution.grad!.reshape(6, 12), stack.grad!.clone(), stack.grad!.reshape(3, 20));
        foreach (var (i, slice) in slices.Index())
            slice.grad = stack.grad![i].clone();
        Muon.ParamGroup[] groups = [new([convolution, stack, flat, .. slices]), new([line, lineFlat], new Muon.Options { FlattenThree = true })];
        using var muon = new Muon(groups, LearningRate, scale: MuonScale.MatchRmsAdamW, precision: ScalarType.Float64);

        muon.step();

        Tensors.Deviation(convolution.reshape(6, 12), flat).ShouldBeLessThan(Rounding);
        Tensors.Deviation(line.reshape(3, 20), lineFlat).ShouldBeLessThan(Rounding);
        for (int i = 0; i < 3; i++)
            Tensors.Deviation(stack[i], slices[i]).ShouldBeLessThan(Rounding);
        Tensors.Deviation(line, stack).ShouldBeGreaterThan(1e-3, "else the two readings were the same");
    }

    [SkippableFact]
    public void Groups_have_options_of_their_own_and_schedulers_reach_them()
    {
        using var scope = NewDisposeScope();
        Parameter one = Tensors.Weight(1, 4, 4), other = Tensors.Weight(1, 4, 4);
        (one.grad, other.grad) = (eye(4, dtype: ScalarType.Float64), eye(4, dtype: ScalarType.Float64));
        var before = one.clone();
        Muon.ParamGroup[] groups = [new([one]), new([other], new Muon.Options { LearningRate = 0.5, Momentum = 0 })];
        using var muon = new Muon(groups, learningRate: 0.1, weightDecay: 0, precision: ScalarType.Float64);
        var scheduler = optim.lr_scheduler.StepLR(muon, 1, 0.1);

        muon.step();
        var first = (one - before).clone();
        Tensors.Deviation(other - before, first * 5).ShouldBeLessThan(Rounding, "the rates are 0.5 and 0.1, and the direction of a constant gradient is the same");
        scheduler.step();
        var middle = one.clone();
        muon.step();

        Tensors.Deviation(one - middle, first * 0.1).ShouldBeLessThan(Rounding);
        muon.Groups.Select(group => group.LearningRate).ShouldBe([0.01, 0.05], Rounding);
    }

    [SkippableFact]
    public void What_is_no_matrix_is_refused_with_a_sentence()
    {
        using var scope = NewDisposeScope();
        Should.Throw<ArgumentException>(() => new Muon([Tensors.Weight(1, 4)])).Message.ShouldContain("[4]");
        var twice = Tensors.Weight(1, 4, 4);
        Should.Throw<ArgumentException>(() => new Muon([twice, twice])).Message.ShouldContain("twice");
        Should.Throw<ArgumentOutOfRangeException>(() => new Muon([Tensors.Weight(1, 4, 4)], momentum: 1));
        Should.Throw<ArgumentOutOfRangeException>(() => new Muon([Tensors.Weight(1, 4, 4)], precision: ScalarType.Float16));
    }

    [SkippableTheory]
    [InlineData(ScalarType.BFloat16)]
    [InlineData(ScalarType.Float32)]
    public void A_bfloat16_parameter_stays_one(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var weight = new Parameter(Tensors.Normal(1, 8, 8).to(type));
        var before = weight.clone();
        weight.grad = Tensors.Normal(2, 8, 8).to(type);
        using var muon = new Muon([weight], 0.5);

        muon.step();

        weight.dtype.ShouldBe(type);
        Tensors.Deviation(weight, before).ShouldBeGreaterThan(0.01);
    }
}
