using SpecGD.Optimizers;
using SpecGD.Spectral;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Torch.Tests.Optimizers;

/// <summary>SpecGD's own step on tensors, against the library's polar factor and the paper's guarantee.</summary>
public class SpectralDescentTests
{
    /// <summary>One decomposition in double precision by two LAPACKs.</summary>
    private const double Rounding = 1e-11;

    public SpectralDescentTests() => Libtorch.Require();

    [SkippableFact]
    public void A_step_is_the_nuclear_norm_times_the_polar_factor()
    {
        using var scope = NewDisposeScope();
        Parameter one = Tensors.Weight(1, 6, 4), two = Tensors.Weight(2, 6, 4), convolution = Tensors.Weight(3, 4, 2, 3, 1);
        Tensor[] before = [one.clone(), two.clone(), convolution.clone()];
        foreach (var (i, weight) in new[] { one, two, convolution }.Index())
            weight.grad = Tensors.Normal(10 + i, weight.shape);
        using var descent = new SpectralDescent([one, two, convolution], learningRate: 0.25, weightDecay: 0.4);

        descent.step();

        foreach (var (i, weight) in new[] { one, two, convolution }.Index())
        {
            var g = Tensors.Matrix(weight.grad!.reshape(weight.shape[0], -1));
            var expected = (before[i] * 0.9).reshape(weight.shape[0], -1) - (Tensors.Tensor(Polar.Of(g)) * 0.25 * Measures.NuclearNorm(g));
            Tensors.Deviation(weight.reshape(weight.shape[0], -1), expected).ShouldBeLessThan(Rounding);
        }
    }

    [SkippableFact]
    public void On_one_layer_the_natural_step_keeps_the_guarantee_of_the_paper()
    {
        using var scope = NewDisposeScope();
        const int n = 50;
        Tensor a = Tensors.Normal(1, 6, n), y = Tensors.Normal(2, 4, n);
        var w = Tensors.Weight(3, 4, 6);
        Tensor Loss() => (w.matmul(a) - y).square().sum() / (2 * n);
        double lOp = a.square().sum().item<double>() / n;
        using var descent = new SpectralDescent([w], 1 / lOp);
        var loss = Loss();
        loss.backward();
        double nuclear = linalg.svdvals(w.grad!).sum().item<double>();

        descent.step();

        double decrease = loss.item<double>() - Loss().item<double>();
        decrease.ShouldBeGreaterThanOrEqualTo(nuclear * nuclear / (2 * lOp) * (1 - Rounding), "‖G‖_*²/(2 L_op), (1.8)");
    }

    [SkippableFact]
    public void Momentum_is_the_mean_of_the_gradients()
    {
        using var scope = NewDisposeScope();
        Parameter weight = Tensors.Weight(1, 3, 5), other = Tensors.Weight(1, 3, 5);
        using SpectralDescent with = new([weight], 0.1, momentum: 0.5), without = new([other], 0.1);
        weight.grad = other.grad = Tensors.Normal(2, 3, 5);
        with.step();
        other.grad = Tensors.Normal(2, 3, 5) * 0.5; // m = (1 − μ) G at first
        without.step();

        Tensors.Deviation(weight, other).ShouldBeLessThan(Rounding);
    }
}

/// <summary>The adaptive method on tensors, against the library's, and against what it must choose.</summary>
public class AdaptiveSpectralTests
{
    /// <summary>Some steps in double precision; the polar factors of two LAPACKs, amplified by the steps.</summary>
    private const double Rounding = 1e-8;

    public AdaptiveSpectralTests() => Libtorch.Require();

    [SkippableTheory]
    [InlineData(1.0, 1.0, true)]
    [InlineData(0.5, 0.25, false)]
    public void On_one_layer_it_is_the_method_of_the_library(double euclideanFactor, double spectralFactor, bool shared)
    {
        using var scope = NewDisposeScope();
        const int n = 40;
        // activations with a large common mean have a stable rank near 1, so the rule must choose the spectral step; centred ones have not
        Tensor x = Tensors.Normal(1, n, 6) + (shared ? 3 : 0), y = Tensors.Normal(2, n, 4);
        using var layer = nn.Linear(6, 4, hasBias: false, dtype: ScalarType.Float64);
        using (no_grad())
            layer.weight.copy_(Tensors.Normal(3, 4, 6));
        var activation = new ActivationMeasurement(Tensors.Matrix(x.T), n);
        var block = new WeightBlock("W", Tensors.Matrix(layer.weight!), activation);
        var library = new AdaptiveDescent(new AdaptiveSettings { EuclideanFactor = euclideanFactor, SpectralFactor = spectralFactor });
        using var adaptive = new AdaptiveSpectral(
            layer, options: new AdaptiveSpectral.Options { EuclideanFactor = euclideanFactor, SpectralFactor = spectralFactor });

        for (int t = 0; t < 5; t++)
        {
            adaptive.zero_grad();
            ((layer.call(x) - y).square().sum() / (2 * n)).backward();
            block.SetGradient(Tensors.Matrix(layer.weight!.grad!));
            library.Propose([block]);
            library.Apply([block]);
            adaptive.step();
            Tensors.Deviation(layer.weight, Tensors.Tensor(block.Weight)).ShouldBeLessThan(Rounding);
            adaptive.Choices.Values.Single().ShouldBe(library.GeometryOf(block) == Geometry.Spectral);
        }
        if (shared)
            adaptive.Choices.Values.ShouldAllBe(isSpectral => isSpectral);
    }

    [SkippableFact]
    public void A_network_with_everything_in_it_learns_and_excluded_layers_stay_Euclidean()
    {
        using var scope = NewDisposeScope();
        random.manual_seed(1);
        using var model = nn.Sequential(nn.Embedding(10, 8), nn.LayerNorm(8), nn.Linear(8, 8), nn.ReLU(), nn.Linear(8, 3));
        var (tokens, y) = (arange(10), Tensors.Normal(2, 10, 3).to(ScalarType.Float32));
        using var adaptive = new AdaptiveSpectral(model, 0.5, new AdaptiveSpectral.Options { Refresh = 3 }, new LayerProbeOptions { Exclude = ["4"] });
        double Step()
        {
            using var inner = NewDisposeScope();
            adaptive.zero_grad();
            var loss = (model.call(tokens) - y).square().sum() / 20;
            loss.backward();
            adaptive.step();
            return loss.item<float>();
        }
        double first = Step(), last = 0;
        for (int t = 0; t < 30; t++)
            last = Step();

        last.ShouldBeLessThan(0.5 * first);
        adaptive.Choices.Keys.ShouldNotContain("4");
        adaptive.Choices.Count.ShouldBe(2, "the embedding and the first linear layer");
    }

    [SkippableFact]
    public void A_layer_that_is_not_called_as_a_module_is_an_error_with_its_name()
    {
        using var scope = NewDisposeScope();
        using var model = nn.Sequential(("inner", nn.Linear(3, 2)));
        using var adaptive = new AdaptiveSpectral(model);
        nn.functional.linear(randn(4, 3), model.parameters().First()).sum().backward();

        Should.Throw<InvalidOperationException>(() => adaptive.step()).Message.ShouldContain("'inner'");
    }
}
