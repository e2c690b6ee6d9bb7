using SpecGD.Diagnosis;
using SpecGD.Spectral;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Torch.Tests.Probing;

/// <summary>What the probe sees of a network, against the matrices themselves and against what the file says that it writes.</summary>
public class LayerProbeTests
{
    /// <summary>Sums in double precision, in another order.</summary>
    private const double Rounding = 1e-9;

    /// <summary>Gradients in float32: 2^-23 at each entry.</summary>
    private const double SingleRounding = 1e-5;

    public LayerProbeTests() => Libtorch.Require();

    [SkippableFact]
    public void The_ranks_of_a_linear_layer_are_those_of_its_matrices()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.Linear(6, 4, dtype: ScalarType.Float64);
        using var probe = new LayerProbe(layer);
        var x = Tensors.Normal(1, 30, 6) + 1;

        probe.Start();
        layer.call(x).square().mean().backward();
        var row = probe.Diagnose(7).Rows.Single();

        row.StableRank!.Value.ShouldBe(Measures.StableRank(Tensors.Matrix(x.T))!.Value, Rounding);
        row.NuclearRank!.Value.ShouldBe(Measures.NuclearRank(Tensors.Matrix(layer.weight!.grad!))!.Value, Rounding);
        (row.Step, row.Samples, row.Shape).ShouldBe((7, 30, (4, 6)));
        row.Judgement!.Value.Verdict.ShouldBe(SpectralCondition.Judge(row.NuclearRank.Value, row.StableRank.Value).Verdict);
    }

    [SkippableFact]
    public void The_file_is_judged_by_diagnose_as_the_running_network_was()
    {
        using var scope = NewDisposeScope();
        using var folder = new TemporaryFolder();
        using var model = new Everything();
        using var probe = new LayerProbe(model, new LayerProbeOptions { Split = new Dictionary<string, ProjectionSplit> { ["*qkv"] = ProjectionSplit.Equal("q", "k", "v") } });

        probe.Start();
        model.Loss(1).backward();
        probe.Save(folder["step5.safetensors"], 5);
        var live = probe.Diagnose(5);
        var file = Diagnosing.Run([folder["step5.safetensors"]], new LayerJudge());

        file.Rows.Select(row => row.Name).ShouldBe(["embed", "norm", "attn.qkv.q", "attn.qkv.k", "attn.qkv.v", "rms", "conv.group0", "conv.group1", "line", "head"]);
        foreach (var (mine, its) in live.Rows.Zip(file.Rows))
        {
            mine.Name.ShouldBe(its.Name);
            mine.StableRank!.Value.ShouldBe(its.StableRank!.Value, SingleRounding * its.StableRank.Value, its.Name);
            mine.NuclearRank!.Value.ShouldBe(its.NuclearRank!.Value, SingleRounding * its.NuclearRank.Value, its.Name);
            (mine.Group, mine.Kind, mine.Shape, mine.Samples, mine.Rows).ShouldBe((its.Group, its.Kind, its.Shape, its.Samples, its.Rows));
            mine.Judgement!.Value.Verdict.ShouldBe(its.Judgement!.Value.Verdict);
            mine.Warnings.Select(warning => warning.Code).ShouldBe(its.Warnings.Select(warning => warning.Code), its.Name);
            mine.Interval!.Low.ShouldBe(its.Interval!.Low, SingleRounding * its.Interval.Low);
        }
        file.OtherParameters.ShouldBe(live.OtherParameters);
        file.OtherParameters.ShouldContain("conv.bias");
        ParameterPlan.Of(file).Spectral.Concat(ParameterPlan.Of(file).Euclidean).Select(p => p.Name).ShouldContain("attn.qkv.weight");
    }

    [SkippableTheory]
    [InlineData(1, 0, 1, 1, PaddingModes.Zeros)]
    [InlineData(2, 1, 1, 1, PaddingModes.Zeros)]
    [InlineData(1, 2, 2, 2, PaddingModes.Circular)]
    public void A_convolution_is_the_product_of_its_weight_with_the_patches_that_are_measured(int stride, int padding, int dilation, int groups, PaddingModes mode)
    {
        using var scope = NewDisposeScope();
        using var layer = nn.Conv2d(4, 6, 3, stride: stride, padding: padding, dilation: dilation, groups: groups, padding_mode: mode, bias: false, dtype: ScalarType.Float64);
        using var probe = new LayerProbe(layer);
        var x = Tensors.Normal(1, 3, 4, 9, 8);

        probe.Start();
        var y = layer.call(x);
        y.sum().backward(); // each patch then adds itself to the gradient of each output channel
        using var folder = new TemporaryFolder();
        probe.Save(folder["c.safetensors"], 1);

        using var capture = Capture.Open(folder["c.safetensors"]);
        double energy = 0; // ‖W A‖², by W (A Aᵀ) Wᵀ, group by group
        for (int g = 0; g < groups; g++)
        {
            var name = capture.Document.Layers[g].Name;
            var gram = Tensors.Tensor(capture.Tensors.ReadMatrix((groups > 1 ? name : "Conv2d") + "/gram"));
            var w = layer.weight!.reshape(groups, 6 / groups, -1)[g];
            energy += w.matmul(gram).matmul(w.mT).trace().item<double>();
            capture.Document.Layers[g].Samples.ShouldBe(3 * y.shape[2] * y.shape[3]);
        }
        energy.ShouldBe(y.square().sum().item<double>(), Rounding * energy);
    }

    [SkippableFact]
    public void Micro_batches_add_up_to_the_whole_batch()
    {
        using var scope = NewDisposeScope();
        using var model = new Everything();
        using var probe = new LayerProbe(model);
        probe.Start();
        model.Loss(1).backward();
        var whole = probe.Diagnose(1);
        model.zero_grad();

        probe.Start();
        for (int part = 0; part < 3; part++)
            (model.Loss(1, part, 3) / 3).backward();
        var parts = probe.Diagnose(1);

        foreach (var (mine, its) in parts.Rows.Zip(whole.Rows))
        {
            mine.Samples.ShouldBe(its.Samples);
            mine.StableRank!.Value.ShouldBe(its.StableRank!.Value, SingleRounding * its.StableRank.Value);
            mine.NuclearRank!.Value.ShouldBe(its.NuclearRank!.Value, 10 * SingleRounding * its.NuclearRank.Value);
            mine.Entry.Calls.ShouldBe(3);
        }
    }

    [SkippableFact]
    public void Evaluation_is_not_counted_and_a_gradient_from_before_is_noticed()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.Linear(3, 2);
        using var probe = new LayerProbe(layer);
        layer.call(randn(5, 3)).sum().backward();

        probe.Start();
        using (no_grad())
            layer.call(randn(5, 3));
        layer.call(randn(8, 3)).sum().backward();
        var row = probe.Diagnose(1).Rows.Single();

        row.Samples.ShouldBe(8);
        row.Warnings.ShouldContain(warning => warning.Code == "gradient-before");
    }

    [SkippableFact]
    public void After_it_is_disposed_the_model_is_as_it_was_and_no_tensor_is_left()
    {
        using var model = new Everything();
        model.Loss(1).backward(); // gradients exist from here on
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        using (var probe = new LayerProbe(model))
        {
            for (int t = 0; t < 5; t++)
            {
                using var scope = NewDisposeScope();
                probe.Start();
                model.Loss(t).backward();
                probe.Diagnose(t);
            }
            probe.Start();
        }
        using (NewDisposeScope())
            model.Loss(9).backward();
        DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount.ShouldBe(before);
    }

    [SkippableFact]
    public void Sampled_rows_estimate_the_whole_and_say_that_they_are_a_sample()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.Linear(5, 3, dtype: ScalarType.Float64);
        using var probe = new LayerProbe(layer, new LayerProbeOptions { MaxRows = 2000, KeepRows = 50 });
        var x = Tensors.Normal(1, 9000, 5);

        probe.Start();
        layer.call(x).square().mean().backward();
        var row = probe.Diagnose(1).Rows.Single();

        const double Spread = 0.15; // of st from 2000 rows of 5 features: some 4 %, with room
        row.StableRank!.Value.ShouldBe(Measures.StableRank(Tensors.Matrix(x.T))!.Value, Spread * row.StableRank.Value);
        (row.Samples, row.Rows).ShouldBe((9000, 2000));
        row.Warnings.ShouldContain(warning => warning.Code == "sampled-rows");
    }

    [SkippableFact]
    public void Rows_that_are_kept_are_rows_that_were_there()
    {
        using var scope = NewDisposeScope();
        using var moments = new RowMoments(new LayerProbeOptions { KeepRows = 20, MaxRows = 40 }, new Random(1));
        for (int pass = 0; pass < 3; pass++)
            moments.Add(arange(pass * 100, (pass + 1) * 100).to(ScalarType.Float64).unsqueeze(1).reshape(10, 10, 1));

        moments.Kept.Count.ShouldBe(20);
        foreach (var (row, unit) in moments.Kept.Zip(moments.KeptUnits))
            unit.ShouldBe((long)row[0] / 10, "ten rows a unit");
        moments.Kept.Select(row => row[0]).Distinct().Count().ShouldBe(20);
        moments.Kept.Select(row => (int)row[0] / 100).Distinct().Count().ShouldBe(3, "from each pass");
        (moments.Samples, moments.Rows, moments.Units).ShouldBe((300, 120, 30));
    }

    [SkippableFact]
    public void Tied_frozen_and_unused_layers_say_so()
    {
        using var scope = NewDisposeScope();
        using var model = new Peculiar();
        using var probe = new LayerProbe(model);

        probe.Start();
        model.Loss().backward();
        var rows = probe.Diagnose(1).Rows.ToDictionary(row => row.Name);

        rows["frozen"].Reason.ShouldBe("the parameter is frozen");
        rows["unused"].Reason.ShouldBe("there is no gradient");
        rows["head"].Entry.TiedWith.ShouldBe(["embed"]);
        rows["embed"].Warnings.ShouldContain(warning => warning.Code == "tied");
    }

    [SkippableFact]
    public void A_split_that_does_not_fit_is_a_sentence()
    {
        using var layer = nn.Linear(4, 7);
        LayerProbeOptions With(string pattern, ProjectionSplit split) => new() { Split = new Dictionary<string, ProjectionSplit> { [pattern] = split } };

        Should.Throw<ArgumentException>(() => new LayerProbe(layer, With("Linear", ProjectionSplit.Equal("q", "k")))).Message.ShouldContain("7 outputs");
        Should.Throw<ArgumentException>(() => new LayerProbe(layer, With("nothing", ProjectionSplit.Equal("q")))).Message.ShouldContain("'nothing'");
        ProjectionSplit.Interleaved(2, "q", "k").Of("x", 8).Select(part => string.Join(' ', part.Outputs)).ShouldBe(["0 1 4 5", "2 3 6 7"]);
        ProjectionSplit.Sizes(("q", 3), ("k", 1)).Of("x", 4).Select(part => part.Outputs.Length).ShouldBe([3, 1]);
    }

    [SkippableFact]
    public void Reductions_are_made_on_the_device_of_the_model()
    {
        using var scope = NewDisposeScope();
        var meta = new Device(DeviceType.META); // mixing it with tensors of the processor is an error
        using var layer = nn.Linear(6, 4, device: meta);
        using var watched = new WatchedLinear("layer", layer, "weight", new LayerProbeOptions { KeepRows = 0 }, new Random(0));
        watched.Hook(_ => { });

        layer.call(randn(30, 6, device: meta));

        watched.Seen[0].Gram!.device_type.ShouldBe(DeviceType.META);
        watched.Seen[0].Gram!.dtype.ShouldBe(ScalarType.Float64);
    }

    /// <summary>A network with every kind of layer, and a loss.</summary>
    private sealed class Everything : nn.Module
    {
        private readonly Embedding embed = nn.Embedding(12, 8);
        private readonly LayerNorm norm = nn.LayerNorm(8);
        private readonly Attention attn = new();
        private readonly RMSNorm rms = new(8);
        private readonly Conv2d conv = nn.Conv2d(2, 4, 3, padding: Padding.Same, groups: 2);
        private readonly Conv1d line = nn.Conv1d(4, 3, 3, padding: 1);
        private readonly Linear head = nn.Linear(3, 5);

        public Everything()
            : base(nameof(Everything)) => RegisterComponents();

        public Tensor Loss(int seed, int part = 0, int parts = 1)
        {
            using var generator = new Generator((ulong)seed);
            var tokens = randint(12, [6, 16], generator: generator).chunk(parts)[part];
            var x = rms.call(attn.call(norm.call(embed.call(tokens)))); // (batch, 16, 8)
            x = conv.call(x.reshape(x.shape[0], 2, 8, 8)).relu();
            x = line.call(x.flatten(2)).mean([2]);
            return nn.functional.cross_entropy(head.call(x), tokens.narrow(1, 0, 1).squeeze(1).remainder(5));
        }
    }

    private sealed class Peculiar : nn.Module
    {
        private readonly Embedding embed = nn.Embedding(9, 4);
        private readonly Linear frozen = nn.Linear(4, 4), head = nn.Linear(4, 9, hasBias: false);

        public Peculiar()
            : base(nameof(Peculiar))
        {
            head.weight = (Parameter)embed.weight!;
            frozen.weight!.requires_grad = false;
            RegisterComponents();
            register_module("unused", nn.Linear(3, 3));
        }

        public Tensor Loss() => head.call(frozen.call(embed.call(arange(9)))).square().sum();
    }

    private sealed class Attention : nn.Module<Tensor, Tensor>
    {
        private readonly Linear qkv = nn.Linear(8, 24, hasBias: false);

        public Attention()
            : base(nameof(Attention)) => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            var parts = qkv.call(input).chunk(3, -1);
            return input + nn.functional.softmax(parts[0].matmul(parts[1].mT), -1).matmul(parts[2]);
        }
    }

    private sealed class RMSNorm : nn.Module<Tensor, Tensor>
    {
        private readonly Parameter weight;
        private readonly double eps = 1e-5;

        public RMSNorm(int width)
            : base(nameof(RMSNorm))
        {
            weight = new Parameter(ones(width));
            RegisterComponents();
        }

        public override Tensor forward(Tensor input) => weight * input * (input.square().mean([-1], keepdim: true) + eps).rsqrt();
    }
}
