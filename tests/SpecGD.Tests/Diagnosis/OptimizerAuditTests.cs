using System.Text.Json.Nodes;
using SpecGD.Diagnosis;
using SpecGD.Spectral;
using static SpecGD.Tests.Diagnosis.PlantedCapture;

namespace SpecGD.Tests.Diagnosis;

/// <summary>An optimizer's groups held against a planted diagnosis.</summary>
public sealed class OptimizerAuditTests : IDisposable
{
    /// <summary>Rounding of a few products in double precision.</summary>
    private const double Rounding = 1e-12;

    private readonly PlantedCapture _planted = new();

    public void Dispose() => _planted.Dispose();

    [Fact]
    public void What_is_misplaced_missed_and_unknown_is_named_with_its_reason()
    {
        var audit = OptimizerAudit.Of(Network(), Described("""
            {"optimizer": "torch.optim._muon.Muon", "settings": {"lr": 0.02, "adjust_lr_fn": null}, "parameters": ["good.weight", "flat.weight", "lm_head.weight"]},
            {"optimizer": "torch.optim.adamw.AdamW", "settings": {"lr": 0.001}, "parameters": ["missed.weight", "elsewhere.weight"]}
            """));

        audit.Misplaced.Select(finding => finding.Name).ShouldBe(["flat.weight", "lm_head.weight"]);
        audit.Misplaced.Select(finding => finding.Group).ShouldBe([PlanGroup.Euclidean, PlanGroup.HeldBack]);
        audit.Missed.Select(finding => finding.Name).ShouldBe(["missed.weight"]);
        audit.Unknown.ShouldBe(["elsewhere.weight"]);
        audit.Unassigned.ShouldBeEmpty();
        audit.Matrices.Select(matrix => matrix.LearningRate).ShouldAllBe(rate => rate == 0.02);
    }

    [Fact]
    public void Groups_that_say_use_muon_are_taken_at_their_word_and_the_scale_is_read()
    {
        var audit = OptimizerAudit.Of(Network(), Described("""
            {"optimizer": "muon.MuonWithAuxAdam", "settings": {"use_muon": true, "lr": 0.02}, "parameters": ["good.weight"]},
            {"optimizer": "muon.MuonWithAuxAdam", "settings": {"use_muon": false, "lr": 0.001}, "parameters": ["lm_head.weight"]},
            {"optimizer": "dion.Muon", "settings": {"algorithm": "muon", "adjust_lr": "rms_norm"}, "parameters": ["missed.weight"]}
            """));

        audit.Misplaced.ShouldBeEmpty();
        audit.Missed.ShouldBeEmpty();
        audit.Matrices.Select(matrix => matrix.Scale).ShouldBe([LearningRateScale.Original, LearningRateScale.MatchRmsAdamW]);
    }

    /// <summary>Also where the verdict on a part is undecided (nr 8 against st 8), which the tensor then is.</summary>
    [Theory]
    [InlineData("", 1, true)]
    [InlineData("", 8, true)]
    [InlineData(""", "split_sizes": "[16, 16]" """, 1, false)]
    public void A_fused_tensor_on_Muon_as_one_and_a_parameter_in_two_groups_are_named(string settings, int stableRank, bool isTold)
    {
        string part(int begin) => $$"""{"part_of": "gate_up", "parameter": "gate_up.weight", "stored_shape": [32, 8], "part_begin": {{begin}}}""";
        var network = _planted.Layer("gate_up.gate", Flat(16, 8, 8), Flat(8, 8, 1), more: part(0))
            .Layer("gate_up.up", Flat(16, 8, 8), Flat(8, 8, stableRank), more: part(16))
            .Layer("lm_head", Flat(16, 8, 8), Flat(8, 8, 1), more: """{"stored_shape": [16, 8]}""").Diagnose();

        var audit = OptimizerAudit.Of(network, Described(
            $$"""{"optimizer": "dion.Muon", "settings": {"lr": 0.02{{settings}}}, "parameters": ["gate_up.weight"]},"""
            + """{"optimizer": "torch.optim.adamw.AdamW", "parameters": ["lm_head.weight", "gate_up.weight"]}"""));

        audit.Undivided.Select(finding => finding.Name).ShouldBe(isTold ? ["gate_up.weight"] : []);
        audit.Doubled.ShouldBe(["gate_up.weight"]);
        audit.IsClean.ShouldBeFalse();
        AuditJson.Of(audit)["doubled"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact]
    public void A_parameter_in_no_group_is_named_and_a_tied_weight_has_all_its_names()
    {
        var network = _planted.Layer("embed", Flat(16, 8, 8), Flat(8, 8, 1), more: """{"stored_shape": [16, 8]}""")
            .Layer("lm_head", Flat(16, 8, 8), Flat(8, 8, 1), more: """{"stored_shape": [16, 8], "parameter": "embed.weight", "tied_with": ["embed"]}""")
            .Layer("forgotten", Flat(16, 8, 8), Flat(8, 8, 1), more: """{"stored_shape": [16, 8]}""")
            .Layer("frozen", null, Flat(8, 8, 1), more: """{"stored_shape": [16, 8], "frozen": true}""").Diagnose();

        var audit = OptimizerAudit.Of(network, Described("""{"optimizer": "torch.optim.adamw.AdamW", "parameters": ["lm_head.weight"]}"""));

        audit.Unknown.ShouldBeEmpty();
        audit.Unassigned.ShouldBe(["forgotten.weight"]);
        AuditJson.Of(audit)["unassigned"]!.AsArray().Select(name => (string)name!).ShouldBe(["forgotten.weight"]);
        audit.IsClean.ShouldBeFalse();
    }

    [Fact]
    public void A_bias_that_the_optimizer_never_updates_is_named()
    {
        var network = _planted.Layer("fc", Flat(16, 8, 8), Flat(8, 8, 1), more: """{"stored_shape": [16, 8]}""").Diagnose();
        const string Groups = """{"optimizer": "torch.optim.adamw.AdamW", "parameters": ["fc.weight"]}""";

        var audit = OptimizerAudit.Of(network, Described(Groups, ungrouped: "\"fc.bias\", \"cls_token\""));

        audit.Unassigned.ShouldBe(["fc.bias", "cls_token"]);
        OptimizerAudit.Of(network, Described(Groups)).Unassigned.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(LearningRateScale.Original)]
    [InlineData(LearningRateScale.MatchRmsAdamW)]
    [InlineData(LearningRateScale.Spectral)]
    [InlineData(LearningRateScale.Unclamped)]
    public void Norm_and_root_mean_square_are_those_of_the_scaled_polar_factor(LearningRateScale scale)
    {
        const int rows = 24, columns = 6;
        var polar = Polar.Of(new SpecGD.Numerics.Random.TorchRandom(1).Normal(rows, columns));
        double factor = scale.SpectralNorm(rows, columns);

        (Measures.OperatorNorm(polar) * factor).ShouldBe(factor, 1e-9);
        (Measures.FrobeniusNorm(polar) * factor / Math.Sqrt(rows * columns)).ShouldBe(scale.Rms(rows, columns), 1e-9);
        if (scale == LearningRateScale.MatchRmsAdamW)
            scale.Rms(rows, columns).ShouldBe(0.2, Rounding);
    }

    [Fact]
    public void The_learning_rate_of_the_same_step_is_carried_from_one_convention_to_the_other()
    {
        var audit = OptimizerAudit.Of(Network(), Described("""{"optimizer": "Muon", "settings": {"lr": 0.02}, "parameters": ["good.weight"]}"""));

        var conventions = AuditJson.Of(audit)["matrices"]![0]!["conventions"]!;
        foreach (string word in new[] { "original", "match_rms_adamw", "spectral", "unclamped" })
        {
            double step = (double)conventions[word]!["same_step_learning_rate"]! * (double)conventions[word]!["spectral_norm"]!;
            step.ShouldBe(0.02 * Math.Sqrt(2), Rounding); // of (16, 8): √max(1, 16/8) in force
        }
    }

    [Theory]
    [InlineData("{", "is no description of an optimizer")]
    [InlineData("""{"format": "specgd-capture"}""", "'specgd-optimizer' was expected")]
    [InlineData("""{"format": "specgd-optimizer", "groups": [null]}""", "null where a group")]
    [InlineData("""{"format": "specgd-optimizer", "ungrouped": [null]}""", "null where a group")]
    [InlineData("""{"format": "specgd-optimizer", "ungrouped": null}""", "ungrouped")]
    public void What_is_no_description_is_refused_in_a_sentence(string json, string words)
    {
        string path = Path.Combine(_planted.Folder, "bad.json");
        File.WriteAllText(path, json);

        Should.Throw<BadInputException>(() => OptimizerDescription.Read(path)).Message.ShouldContain(words);
    }

    private NetworkDiagnosis Network()
    {
        const string shape = """{"stored_shape": [16, 8], "layout": "out_in"}""";
        return _planted.Layer("good", Flat(16, 8, 8), Flat(8, 8, 1), more: shape).Layer("missed", Flat(16, 8, 8), Flat(8, 8, 1), more: shape)
            .Layer("flat", Flat(16, 8, 1), Flat(8, 8, 8), more: shape).Layer("lm_head", Flat(16, 8, 8), Flat(8, 8, 1), more: shape).Diagnose();
    }

    private OptimizerDescription Described(string groups, string ungrouped = "")
    {
        string path = Path.Combine(_planted.Folder, "optimizer.json");
        File.WriteAllText(path, JsonNode.Parse($$"""{"format": "specgd-optimizer", "version": 1, "groups": [{{groups}}], "ungrouped": [{{ungrouped}}]}""")!.ToJsonString());
        return OptimizerDescription.Read(path);
    }
}
