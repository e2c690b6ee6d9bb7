using SpecGD.Gallery.Networks;
using SpecGD.Records;
using SpecGD.Torch.Tests;
using SpecGD.Training;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Gallery.Tests;

public class TrainingTests
{
    private const float SingleRounding = 1e-6f;

    /// <summary>A solution against a product with an inverse, in float32, of matrices with condition numbers of some tens.</summary>
    private const float SolveRounding = 1e-4f;

    private const int Steps = 20;

    /// <summary>A corpus of a few blurred digits and texts, made from a seed.</summary>
    private static GalleryCorpus Corpus()
    {
        var random = new Random(3);
        byte[] digits = new byte[200 * 784], labels = new byte[200], text = new byte[20_000];
        random.NextBytes(digits);
        for (int i = 0; i < labels.Length; i++)
            labels[i] = (byte)(i % 10);
        for (int i = 0; i < text.Length; i++)
            text[i] = (byte)random.Next(GalleryCorpus.Characters);
        return new GalleryCorpus(digits, labels, text, text);
    }

    public static TheoryData<string> Networks => [.. Catalog.All.Select(network => network.Name)];

    [SkippableTheory]
    [MemberData(nameof(Networks))]
    public void Every_network_trains_and_each_of_its_layers_is_measured(string name)
    {
        Libtorch.Require();
        long unheld = Unheld();
        var log = Trained(name, Arms.Muon);

        Unheld().ShouldBe(unheld, "a tensor that neither a scope nor a field holds may be freed by the collector while an operation still reads it");
        var losses = log.Methods[GalleryRun.Method].Find(GalleryRun.ValidationLoss)!;
        losses.Values.ShouldAllBe(loss => double.IsFinite(loss));
        var rows = log.Rows(GalleryRun.Layers).Where(row => (string?)row["moment"] == GalleryRun.AtHalf).ToArray();
        rows.Length.ShouldBeGreaterThanOrEqualTo(6);
        rows.ShouldAllBe(row => JsonNumber.Of(row["stable_rank"]) >= 0.99);
        Catalog.Named(name).HeldBack.Except(rows.Select(row => (string)row["layer"]!)).ShouldBeEmpty("layers that the usual practice holds back exist");
    }

    [SkippableFact]
    public void The_count_of_tensors_that_nothing_holds_sees_one()
    {
        Libtorch.Require();
        long before = Unheld();
        using var one = zeros(1);
        Unheld().ShouldBe(before + 1);
    }

    [SkippableFact]
    public void A_run_is_the_same_every_time_and_arms_differ_from_the_first_step_on()
    {
        Libtorch.Require();
        double[] first = Losses(Arms.AdamW), again = Losses(Arms.AdamW), muon = Losses(Arms.Muon);

        again.ShouldBe(first);
        muon[0].ShouldBe(first[0], "the same weights and batch");
        muon[1].ShouldNotBe(first[1]);

        static double[] Losses(string arm) => [.. Trained("perceptron", arm).Methods[GalleryRun.Method].Find(GalleryRun.Loss)!.Values];
    }

    [SkippableFact]
    public void Diagnosis_and_opposite_divide_the_layers_by_the_rule_and_a_single_layer_is_alone()
    {
        Libtorch.Require();
        string[] spectral = OnMuon(Arms.Diagnosis), opposite = OnMuon(Arms.Opposite), all = OnMuon(Arms.Muon);

        spectral.Intersect(opposite).ShouldBeEmpty();
        spectral.Concat(opposite).Order().ShouldBe(all.Order());
        OnMuon(Arms.Hidden).Order().ShouldBe(all.Except(Catalog.Named("transformer").HeldBack).Order());
        OnMuon(Arms.Single, "blocks.0.attn.v_proj").ShouldBe(["blocks.0.attn.v_proj"]);
        OnMuon(Arms.AdamW).ShouldBeEmpty();
        OnMuon(Arms.Values).Concat(OnMuon(Arms.Queries)).Order().ShouldBe(OnMuon(Arms.Hidden).Order());
        OnMuon(Arms.Queries).ShouldBe(["blocks.0.attn.k_proj", "blocks.0.attn.q_proj", "blocks.1.attn.k_proj", "blocks.1.attn.q_proj"]);
        OnMuon(Arms.Newton).ShouldBe(OnMuon(Arms.Hidden));
        Should.Throw<BadInputException>(() => Trained("perceptron", Arms.Values)).Message.ShouldContain("has none");
        Should.Throw<BadInputException>(() => Trained("convnet", Arms.Newton)).Message.ShouldContain("conv2 is none");
        Should.Throw<BadInputException>(() => Trained("transformer", Arms.Single)).Message.ShouldContain("needs --layer");
        Should.Throw<BadInputException>(() => Trained("transformer", Arms.Single, "blocks.0.attn.vproj")).Message.ShouldContain("v_proj");

        static string[] OnMuon(string arm, string? layer = null) =>
            [.. Trained("transformer", arm, layer).Rows(GalleryRun.Groups).First()["on_muon"]!.AsArray().Select(name => (string)name!)];
    }

    /// <summary>Two steps of a layer that is used twice in each, against the formulas.</summary>
    [SkippableFact]
    public void Gradients_are_preconditioned_by_the_moments_of_inputs()
    {
        Libtorch.Require();
        using var scope = NewDisposeScope();
        random.manual_seed(5);
        using var model = nn.Sequential(("fc1", nn.Linear(4, 4, hasBias: false)), ("fc2", nn.Linear(4, 2)));
        using var moments = new InputMoments(model, ["fc2"]);
        var weight = model.get_parameter("fc1.weight")!;
        Tensor? moment = null;
        for (int step = 0; step < 2; step++)
        {
            Tensor first = randn(6, 4), second = randn(2, 4);
            model.zero_grad();
            (model.call(first).square().sum() + model.call(second).square().sum()).backward();
            var gradient = weight.grad!.clone();

            moments.Precondition();

            var all = cat([first, second], 0);
            var ofStep = all.T.matmul(all) / 8;
            moment = moment is null ? ofStep : (0.95 * moment) + (0.05 * ofStep);
            var expected = gradient.matmul(linalg.inv(moment + (0.1 * moment.trace() / 4 * eye(4))));
            (weight.grad! - expected).abs().max().item<float>().ShouldBeLessThan(SolveRounding * expected.abs().max().item<float>());
            (weight.grad! - gradient).abs().max().item<float>().ShouldBeGreaterThan(0.1f, "else the comparison sees nothing");
        }
    }

    /// <summary>Adam and SGD against those of TorchSharp.</summary>
    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    public void Updates_are_those_of_the_field(bool isSgd)
    {
        Libtorch.Require();
        using var scope = NewDisposeScope();
        random.manual_seed(2);
        var start = randn(5, 3);
        Parameter own = new(start.clone()), other = new(start.clone());
        using VectorwiseUpdate update = isSgd ? new MomentumUpdate(own) : new AdamUpdate(own);
        using optim.Optimizer reference = isSgd ? optim.SGD([other], 0.1, 0.9) : optim.AdamW([other], 0.1, 0.9, 0.95, weight_decay: 0);
        for (int step = 0; step < 7; step++)
        {
            var gradient = randn(5, 3);
            own.grad = gradient.clone();
            other.grad = gradient.clone();
            using (no_grad())
                update.Step(0.1);
            reference.step();
        }

        foreach (var (found, right) in own.data<float>().ToArray().Zip(other.data<float>().ToArray()))
            found.ShouldBe(right, SingleRounding);
    }

    [Fact]
    public void The_rate_rises_along_a_twentieth_and_falls_to_zero()
    {
        GalleryRun.Shape(0, 100).ShouldBe(0.2);
        GalleryRun.Shape(4, 100).ShouldBe(1);
        GalleryRun.Shape(5, 100).ShouldBe(1);
        GalleryRun.Shape(100, 100).ShouldBe(0);
    }

    /// <summary>Else batch norm would count a measured batch twice.</summary>
    [SkippableFact]
    public void A_measured_step_is_one_pass()
    {
        Libtorch.Require();
        int passes = 0;
        var network = Catalog.Named("perceptron") with { Create = () => new Counted(() => passes++) };

        Trained(network, Arms.Adaptive);

        passes.ShouldBe(Steps);
    }

    /// <summary>One layer, which counts the batches that it is trained on.</summary>
    private sealed class Counted : nn.Module<Tensor, Tensor>
    {
        private readonly Linear fc1 = nn.Linear(784, 10);
        private readonly Action _count;

        public Counted(Action count)
            : base(nameof(Counted))
        {
            _count = count;
            RegisterComponents();
        }

        public override Tensor forward(Tensor input)
        {
            if (training)
                _count();
            return fc1.call(input);
        }
    }

    private static long Unheld() => TorchSharp.DisposeScopeManager.Statistics.TensorStatistics.CreatedOutsideScopeCount;

    private static RunLog Trained(string network, string arm, string? layer = null) => Trained(Catalog.Named(network), arm, layer);

    private static RunLog Trained(GalleryNetwork network, string arm, string? layer = null)
    {
        var log = new RunLog("test");
        var run = new GalleryRun(new GalleryOptions { Network = network.Name, Arm = arm, Layer = layer, Steps = Steps }, network, Corpus(), log);
        run.Run(SilentProgress.Instance, CancellationToken.None).Status.ShouldBe(RunStatus.Finished);
        return log;
    }
}
