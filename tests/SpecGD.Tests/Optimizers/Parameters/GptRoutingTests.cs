using SpecGD.Models.Gpt;
using SpecGD.Numerics.Random;
using SpecGD.Optimizers;
using SpecGD.Optimizers.Parameters;
using SpecGD.Spectral;

namespace SpecGD.Tests.Optimizers.Parameters;

public class GptRoutingTests
{
    public static TheoryData<string, GptMlp> Presets
    {
        get
        {
            var presets = new TheoryData<string, GptMlp>();
            foreach (string name in GptRouting.Names.Split(','))
                foreach (var mlp in Enum.GetValues<GptMlp>())
                    presets.Add(name, mlp);
            return presets;
        }
    }

    [Theory]
    [MemberData(nameof(Presets))]
    public void Every_preset_assigns_every_tensor_once_with_a_reason(string name, GptMlp mlp)
    {
        var parameters = Parameters(mlp);
        var table = GptRouting.Named(name, new MuonRule(), new AdamRule()).Assign(parameters.All);

        table.Select(r => r.Name).ShouldBe(parameters.All.Select(t => t.Name));
        table.Sum(r => r.Count).ShouldBe(parameters.All.Sum(t => t.Count));
        table.ShouldAllBe(r => r.Reason.Length > 0 && r.LearningRate > 0);
        string[] muon = [.. table.Where(r => r.Optimizer == "muon").Select(r => r.Name)];
        muon.ShouldBe(name switch
        {
            "adam" => [],
            "muon-mlp-output" => [.. Enumerable.Range(0, 8).Select(i => $"blocks.{i}.mlp.c_proj")],
            _ => [.. parameters.All.Select(t => t.Name).Where(n => n.StartsWith("blocks.", StringComparison.Ordinal))],
        });
    }

    [Theory]
    [InlineData("embed.weight", "adam", 0.6)]
    [InlineData("value_embeds.2.weight", "adam", 0.6)]
    [InlineData("lm_head.weight", "adam", 0.22)]
    [InlineData("scalars", "adam", 0.04)]
    [InlineData("blocks.0.attn.qkvo_w", "muon", 0.05)]
    [InlineData("blocks.7.mlp.c_fc", "muon", 0.05)]
    public void The_snapshots_learning_rates(string name, string optimizer, double learningRate)
    {
        var line = GptRouting.Muon(new MuonRule(), new AdamRule()).Assign(Parameters(GptMlp.ReluSquare).All).Single(r => r.Name == name);

        line.Optimizer.ShouldBe(optimizer);
        line.LearningRate.ShouldBe(learningRate, 1e-15);
    }

    [Fact]
    public void Routes_of_the_users_own_come_first()
    {
        var table = new GptRouting(new MuonRule(), new AdamRule())
        {
            Own = ["blocks.*.mlp.*=adam", "lm_head.weight=adam*10", "embed.weight=muon*0.5"],
            Multipliers = new Dictionary<string, double> { ["scalars"] = 2 },
        }.Table("muon").Assign(Parameters(GptMlp.ReluSquare).All).ToDictionary(line => line.Name, line => (line.Optimizer, Math.Round(line.LearningRate, 12)));

        table["blocks.3.mlp.c_fc"].ShouldBe(("adam", 0.002));
        table["blocks.3.attn.qkvo_w"].ShouldBe(("muon", 0.05));
        table["lm_head.weight"].ShouldBe(("adam", 0.08));
        table["embed.weight"].ShouldBe(("muon", 0.025));
        table["value_embeds.0.weight"].ShouldBe(("adam", 0.6));
        table["scalars"].ShouldBe(("adam", 0.016));
    }

    [Theory]
    [InlineData("lm_head.weight")]
    [InlineData("=adam")]
    [InlineData("lm_head.weight=sgd")]
    [InlineData("lm_head.weight=adam*0")]
    [InlineData("lm_head.weight=adam*many")]
    [InlineData("lm_head.weight=adam*2*3")]
    public void A_route_that_is_none_is_refused(string text) =>
        Should.Throw<BadInputException>(() => new GptRouting(new MuonRule(), new AdamRule()) { Own = [text] }.Table("muon")).Message.ShouldEndWith($"'{text}' is not.");

    /// <summary>c_fc is stored in × out = 16 × 64: the scale √(out/in) is 2, on the stored shape it would be ½; the snapshot's own looks at that.</summary>
    [Theory]
    [InlineData("spectral", 2.0)]
    [InlineData("original", 1.0)]
    [InlineData("match_rms_adamw", 1.6)]
    public void Scales_but_the_snapshots_are_those_of_out_by_in(string scale, double factor)
    {
        var parameters = Parameters(GptMlp.ReluSquare);
        var muon = new MuonRule { Scale = MuonScale.Named(scale), LearningRate = 1, Momentum = new(0, 0, 0), Orthogonalization = MuonOrthogonalization.PolarExpress };
        var expand = parameters["blocks.0.mlp.c_fc"];
        new TorchRandom(3).FillNormalRows(expand.Gradient);
        var optimizer = new ParameterOptimizer<float>(parameters.All, GptRouting.Muon(muon, new AdamRule()), new CooldownSchedule(10) { Cooldown = 0 });

        optimizer.UpdateOwn();

        double norm = Math.Sqrt(expand.Value.AsSpan().ToArray().Sum(w => (double)w * w)); // of 16 singular values that are all the factor
        norm.ShouldBe(factor * Math.Sqrt(16), 0.02 * factor * 4);
    }

    [Fact]
    public void A_tensor_without_a_route_and_a_vector_under_Muon_are_errors()
    {
        var muon = new MuonRule();
        ParameterTensor<float>[] tensors = [new("w", [2, 2]), new("bias", [3])];

        Should.Throw<BadInputException>(() => new RoutingTable("mine", [new("w*", muon, 1, "")]).Assign(tensors)).Message
            .ShouldBe("Routing 'mine' assigns no optimizer to the tensor 'bias'; its patterns are w*.");
        Should.Throw<BadInputException>(() => new RoutingTable("mine", [new("*", muon, 1, "")]).Assign(tensors)).Message
            .ShouldBe("Muon updates matrices; 'bias' is a vector of 3.");
        Should.Throw<BadInputException>(() => GptRouting.Named("sgd", muon, new AdamRule())).Message
            .ShouldBe("There is no routing 'sgd'; there are muon, muon-mlp-output, adam.");
    }

    [Fact]
    public void The_first_route_that_covers_a_name_decides()
    {
        var table = new RoutingTable("mine", [new("w", new AdamRule { LearningRate = 1 }, 2, "named"), new("*", new AdamRule { LearningRate = 1 }, 1, "rest")]);

        table.Assign<float>([new("w", [1]), new("w2", [1])]).Select(r => r.LearningRate).ShouldBe([2.0, 1.0]);
    }

    private static GptParameters<float> Parameters(GptMlp mlp) =>
        new(new GptShape { Vocabulary = 20, Layers = 8, Width = 16, Heads = 2, EndOfText = 0, Mlp = mlp });
}
