using SpecGD.Language.Model;
using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Spectral;
using SpecGD.Torch.Tests;
using SpecGD.Training.Gpt;
using TorchSharp;
using static TorchSharp.torch;

namespace SpecGD.Language.Tests.Model;

/// <summary>The model is that of the recorded cases, which an independent PyTorch program made.</summary>
public class GptGoldenTests
{
    /// <summary>Sums of some thousand terms in another order, in double; the golden README allows the same.</summary>
    private const double LossInDouble = 1e-10, GradientInDouble = 1e-8;

    /// <summary>The same in float32, whose unit roundoff is 6e-8: the error of a backward pass through the layers of these models.</summary>
    private const double LossInFloat = 1e-6, GradientInFloat = 1e-4;

    /// <summary>bfloat16 has 8 bits: each of the dozens of products and norms rounds to 2⁻⁹ of its size.</summary>
    private const double LossInBFloat16 = 1e-2, GradientInBFloat16 = 0.1;

    /// <summary>Measures of activations and gradients that agree as those do.</summary>
    private const double RanksInDouble = 1e-8;

    public static TheoryData<string, string, double, double> Cases => new()
    {
        { "nanogpt_8x32", "f64", LossInDouble, GradientInDouble },
        { "nanogpt_12x32_init", "f64", LossInDouble, GradientInDouble },
        { "nanogpt_8x32", "f32", LossInFloat, GradientInFloat },
        { "nanogpt_8x32", "bf16", LossInBFloat16, GradientInBFloat16 },
    };

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    public void Losses_and_gradients_of_the_recorded_case(string name, string precision, double ofLoss, double ofGradient)
    {
        Libtorch.Require();
        using var recorded = Recorded(name);
        using var model = ModelOf(recorded, GptPrecision.Named(precision));
        int[] tokens = recorded.Tokens(0);

        double loss = model.LossAndGradient(tokens.AsSpan(0, recorded.Length), tokens.AsSpan(1), recorded.Window);
        double validation = model.Loss(tokens.AsSpan(0, recorded.Length), tokens.AsSpan(1), recorded.Window) / recorded.Length;

        loss.ShouldBe(recorded.Number("loss_sum"), ofLoss * recorded.Number("loss_sum"));
        validation.ShouldBe(recorded.Number("val_loss_mean"), ofLoss * recorded.Number("val_loss_mean"));
        foreach (var (weight, value) in model.Weights)
            if (weight != GptShape.ScalarsName || !recorded.StartsAtZero) // from the snapshot's zeros their gradients are rounding
                Deviation(recorded.Tensor("grad.", weight, Layout(recorded.Shape, weight).Shape), value.grad).ShouldBeLessThan(ofGradient, weight);
    }

    [SkippableFact]
    public void Stable_ranks_of_the_activations_are_those_of_the_recorded_case()
    {
        Libtorch.Require();
        using var recorded = Recorded("nanogpt_8x32");
        using var model = ModelOf(recorded, GptPrecision.F64);
        int[] tokens = recorded.Tokens(0);
        var ranks = new Dictionary<string, double?>();

        model.Loss(tokens.AsSpan(0, recorded.Length), tokens.AsSpan(1), recorded.Window, (name, x) => ranks[name] = Measures.StableRank(MatrixOf(x)));

        var expected = recorded.Measures("stable_rank");
        ranks.Keys.Order().ShouldBe(expected.Keys.Order());
        foreach (var (name, rank) in expected)
            ranks[name]!.Value.ShouldBe(rank!.Value, RanksInDouble * rank.Value, name);
    }

    [SkippableFact]
    public void A_changed_weight_is_found()
    {
        Libtorch.Require();
        using var recorded = Recorded("nanogpt_8x32");
        using var model = ModelOf(recorded, GptPrecision.F64);
        using (no_grad())
            model.Weights["blocks.3.mlp.c_fc"].add_(1e-4);
        int[] tokens = recorded.Tokens(0);

        double loss = model.Loss(tokens.AsSpan(0, recorded.Length), tokens.AsSpan(1), recorded.Window);

        Math.Abs(loss - recorded.Number("loss_sum")).ShouldBeGreaterThan(LossInDouble * recorded.Number("loss_sum"));
    }

    [SkippableFact]
    public void Nothing_of_the_size_of_the_length_squared_is_made()
    {
        Libtorch.Require();
        const int length = 16384, window = 8;
        int[] tokens = new int[length];
        var mask = new AttentionMask(length);
        mask.Set(tokens, endOfText: 1, window);

        using var scope = NewDisposeScope();
        var ranges = BlockRanges.Of(mask, GptPrecision.F32, CPU);

        ranges.Groups.Sum(group => group.Mask.numel()).ShouldBeLessThanOrEqualTo((long)length * window * AttentionMask.BlockSize);
        ranges.Groups.Max(group => group.Mask.numel()).ShouldBeLessThanOrEqualTo(1 << 21, "and no group takes much at once");
    }

    /// <summary>
    /// The device "meta" stands in for a GPU: tensors there have a device and no numbers. These are all that a pass makes, and does not compute of others.
    /// </summary>
    [SkippableFact]
    public void Every_tensor_that_a_pass_makes_is_made_on_the_device_of_the_model()
    {
        Libtorch.Require();
        var shape = new GptShape { Vocabulary = 100, EndOfText = 99, Layers = 8, Width = 32, Heads = 2 };
        int[] tokens = [.. Enumerable.Range(0, 512).Select(t => t % 100)];
        var mask = new AttentionMask(tokens.Length);
        mask.Set(tokens, shape.EndOfText, window: 2);
        using var scope = NewDisposeScope();
        using var model = new Gpt(shape, GptPrecision.F32, META);

        var (cos, sin) = Rotary.Of(shape.HeadWidth, 0, tokens.Length, GptPrecision.F32, META);
        var ranges = BlockRanges.Of(mask, GptPrecision.F32, META);
        Tensor[] made =
        [
            .. model.Weights.Values, cos, sin, .. ranges.Tensors,
            model.Tokens(tokens), BlockRanges.Gains(shape.Heads, shape.HeadWidth, GptPrecision.F32, META),
        ];

        made.ShouldAllBe(tensor => tensor.device_type == DeviceType.META);
    }

    [SkippableFact]
    public void A_pass_leaves_no_tensor_behind()
    {
        Libtorch.Require();
        var shape = new GptShape { Vocabulary = 100, EndOfText = 99, Layers = 6, Width = 16, Heads = 2 };
        using var model = new Gpt(shape, GptPrecision.F32, CPU);
        int[] tokens = new int[129];
        model.LossAndGradient(tokens.AsSpan(0, 128), tokens.AsSpan(1), 1);
        long before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;

        for (int i = 0; i < 5; i++)
            model.LossAndGradient(tokens.AsSpan(0, 128), tokens.AsSpan(1), 1);

        DisposeScopeManager.Statistics.ThreadTotalLiveCount.ShouldBe(before);
    }

    private static GptCase Recorded(string name) => GptCase.Open(Path.Combine(AppContext.BaseDirectory, "golden", name));

    private static Gpt ModelOf(GptCase recorded, GptPrecision precision)
    {
        var model = new Gpt(recorded.Shape, precision, CPU);
        Load(model, weight => recorded.Tensor("param.", weight, Layout(recorded.Shape, weight).Shape));
        return model;
    }

    private static ParameterLayout Layout(GptShape shape, string name) => shape.Layouts().Single(layout => layout.Name == name);

    private static void Load(Gpt model, Func<string, Matrix<double>> of)
    {
        using var without = no_grad();
        foreach (var (name, value) in model.Weights)
            using (var source = tensor(of(name).AsSpan().ToArray()))
                value.copy_(source.view(value.shape));
    }

    private static Matrix<double> MatrixOf(Tensor x)
    {
        var matrix = new Matrix<double>((int)x.shape[0], (int)x.shape[1]);
        x.contiguous().data<double>().CopyTo(matrix.AsSpan());
        return matrix;
    }

    /// <summary>‖computed − recorded‖_F / ‖recorded‖_F.</summary>
    private static double Deviation(Matrix<double> recorded, Tensor? computed)
    {
        using var scope = NewDisposeScope();
        var expected = tensor(recorded.AsSpan().ToArray());
        var actual = computed is null ? zeros_like(expected) : computed.to(ScalarType.Float64).flatten();
        double norm = expected.norm().ToDouble(), difference = (actual - expected).norm().ToDouble();
        return difference == 0 ? 0 : difference / norm;
    }
}
