using SpecGD.Diagnosis;
using SpecGD.Diagnosis.ParameterGroups;
using SpecGD.Numerics;
using SpecGD.Spectral;
using static SpecGD.Tests.Diagnosis.PlantedCapture;

namespace SpecGD.Tests.Diagnosis;

/// <summary>A planted case for each verdict and each warning.</summary>
public sealed class DiagnosisTests : IDisposable
{
    /// <summary>Rounding of sums over at most a hundred numbers in double precision.</summary>
    private const double Rounding = 1e-12;

    private readonly PlantedCapture _planted = new();

    public void Dispose() => _planted.Dispose();

    [Theory]
    [InlineData(8, 2, Verdict.Spectral, 2)]
    [InlineData(4, 2, Verdict.Spectral, 1)]
    [InlineData(6, 4, Verdict.Undecided, 4 / 3.0)]
    [InlineData(4, 4, Verdict.Undecided, 1)]
    [InlineData(2, 8, Verdict.Euclidean, 4)]
    public void Every_verdict_has_its_ratio_and_margin(int nuclear, int stable, Verdict verdict, double margin)
    {
        var row = _planted.Layer("blocks.0.mlp.fc", Flat(12, 8, nuclear), Flat(8, 8, stable)).Diagnose().Rows.Single();

        Close(row.NuclearRank, nuclear);
        Close(row.StableRank, stable);
        Close(row.Ratio, (double)nuclear / stable);
        row.Judgement!.Value.Verdict.ShouldBe(verdict);
        Close(row.Judgement!.Value.Margin, margin);
        row.Shape.ShouldBe((12, 8));
        row.Reason.ShouldNotBeEmpty();
    }

    [Fact]
    public void A_layer_without_blemish_has_no_warning() =>
        _planted.Layer("blocks.0.mlp.fc", Flat(8, 8, 8), Flat(8, 8, 1)).Diagnose().Rows.Single().Warnings.ShouldBeEmpty();

    [Fact]
    public void Gains_are_judged_by_their_diagonal_and_embeddings_by_their_tokens()
    {
        var rows = _planted
            .Layer("norm", Matrix.From(1, 4, [3.0, -3, 3, 0]), Flat(4, 4, 1), kind: "norm")
            .Layer("embed", Flat(8, 6, 5), null, kind: "embedding", tokens: [50, 25, 25, 0, 0, 0]).Diagnose().Rows;

        Close(rows[0].NuclearRank, 3);
        rows[0].Judgement!.Value.Verdict.ShouldBe(Verdict.Spectral);
        Close(rows[1].StableRank, 2);
        Close(rows[1].NuclearRank, 5);
        rows[1].Samples.ShouldBe(100);
    }

    [Fact]
    public void The_parameter_curvature_lowers_the_threshold_as_4_16_says()
    {
        // L_F = λ₁/n = 1/Plenty; C_op = 3 L_F gives α = 3, and the threshold (4 + 3)/(1 + 3/2).
        var row = _planted.Layer("fc", Flat(8, 8, 2), Flat(8, 8, 4)).Diagnose(3.0 / Plenty).Rows.Single();

        Close(row.Judgement!.Value.Threshold, 7 / 2.5);
        Close(row.Ratio, 0.5);
    }

    public static TheoryData<string> Codes => new(Plantings.Keys);

    /// <summary>For each warning a layer that earns it.</summary>
    private static readonly Dictionary<string, Func<PlantedCapture, PlantedCapture>> Plantings = new()
    {
        ["few-samples"] = p => p.Layer("fc", Flat(8, 8, 8), Flat(8, 8, 4), samples: 39),
        ["batch-smaller-than-width"] = p => p.Layer("fc", Flat(8, 8, 8), Flat(8, 8, 1), samples: 7),
        ["sampled-rows"] = p => p.Layer("fc", Flat(8, 8, 8), Flat(8, 8, 1), more: """{"rows": 1000}"""),
        ["rank-deficient-gradient"] = p => p.Layer("fc", Flat(8, 8, 3), Flat(8, 8, 2)),
        ["rows-without-gradient"] = p => p.Layer("fc", Flat(8, 8, 8), Flat(8, 8, 1), more: """{"rows_without_gradient": 1000000}"""),
        ["looks-fused"] = p => p.Layer("blocks.0.attn.qkv", Flat(24, 8, 8), Flat(8, 8, 1)),
        ["zero-gradient"] = p => p.Layer("fc", new Matrix<double>(8, 8), Flat(8, 8, 1)),
        ["no-gradient"] = p => p.Layer("fc", null, Flat(8, 8, 1)),
        ["frozen"] = p => p.Layer("fc", null, Flat(8, 8, 1), more: """{"frozen": true}"""),
        ["non-finite-gradient"] = p => p.Layer("fc", Filled(8, double.NaN), Flat(8, 8, 1)),
        ["non-finite-activations"] = p => p.Layer("fc", Flat(8, 8, 8), Filled(8, double.PositiveInfinity)),
        ["zero-activations"] = p => p.Layer("fc", Flat(8, 8, 8), new Matrix<double>(8, 8)),
        ["no-activations"] = p => p.Layer("fc", Flat(8, 8, 8), null),
        ["low-precision-gradient"] = p => p.Layer("fc", Flat(8, 8, 8), Flat(8, 8, 1), more: """{"gradient_dtype": "bfloat16"}"""),
        ["gradient-before"] = p => p.Layer("fc", Flat(8, 8, 8), Flat(8, 8, 1), more: """{"gradient_before": true}"""),
        ["tied"] = p => p.Layer("fc", Flat(8, 8, 8), Flat(8, 8, 1), more: """{"tied_with": ["embed"]}"""),
        ["on-the-2d-list"] = p => p.Layer("lm_head", Flat(8, 8, 8), Flat(8, 8, 1)),
        ["verdict-uncertain"] = p => p.Layer("fc", Flat(8, 8, 8), Flat(8, 8, 4), samples: 400),
    };

    [Theory]
    [MemberData(nameof(Codes))]
    public void Every_warning_is_earned_by_its_planted_case_and_by_no_clean_layer(string code)
    {
        var rows = Plantings[code](_planted.Layer("blocks.0.mlp.fc", Flat(8, 8, 8), Flat(8, 8, 1))).Diagnose().Rows;

        rows[0].Warnings.ShouldBeEmpty();
        rows[1].Warnings.Select(warning => warning.Code).ShouldContain(code);
        rows[1].Warnings.ShouldAllBe(warning => warning.Text.EndsWith('.'));
        bool measurable = rows[1].NuclearRank is not null && rows[1].StableRank is not null;
        (rows[1].Judgement is not null).ShouldBe(measurable);
        rows[1].Ratio.HasValue.ShouldBe(measurable);
    }

    [Fact]
    public void Local_gradients_of_ranks_are_averaged_and_said_and_equal_ones_are_not()
    {
        string[] differ = [_planted.Layer("fc", Flat(8, 8, 2), Flat(8, 8, 1)).Write(3, 0), _planted.Layer("fc", Flat(8, 8, 8), Flat(8, 8, 4)).Write(3, 1)];
        string[] same = [_planted.Layer("fc", Flat(8, 8, 8), Flat(8, 8, 1)).Write(3, 0), _planted.Layer("fc", Flat(8, 8, 8), Flat(8, 8, 4)).Write(3, 1)];

        var row = Diagnosing.Run(differ, new LayerJudge()).Rows.Single();
        var equal = Diagnosing.Run(same, new LayerJudge()).Rows.Single();

        row.Warnings.Select(w => w.Code).ShouldContain("local-gradients");
        Close(row.NuclearRank, 100 / 14.0); // of diag(2, 2, 1, 1, 1, 1, 1, 1): (2·2 + 6)² / (2·4 + 6)
        Close(row.StableRank, (2 + 3) / 2.0); // of diag(2, 1, 1, 1)
        equal.Warnings.Select(w => w.Code).ShouldNotContain("local-gradients");
        Close(equal.NuclearRank, 8);
    }

    [Fact]
    public void Steps_give_trends_crossings_and_stability()
    {
        string[] files =
        [
            _planted.Layer("fc", Flat(8, 8, 8), Flat(8, 8, 1)).Write(30), _planted.Layer("fc", Flat(8, 8, 2), Flat(8, 8, 4)).Write(10),
            _planted.Layer("fc", Flat(8, 8, 4), Flat(8, 8, 2)).Write(20),
        ];

        var diagnosis = Diagnosing.Run(files, new LayerJudge());
        var trend = diagnosis.Trends.Single();

        diagnosis.Steps.ShouldBe([10L, 20, 30]);
        trend.Rows.Select(row => row.Ratio!.Value).ShouldBe([0.5, 2, 8], Rounding);
        trend.Verdict.ShouldBe(Verdict.Spectral);
        Close(trend.Stability, 2 / 3.0);
        trend.Crossings.Select(pair => (pair.From.Step, pair.To.Step)).ShouldBe([(10L, 20L)]);
        Close(trend.Growth, 16);
        Close(diagnosis.Total.SpectralShare, 1);
    }

    [Fact]
    public void For_the_output_of_attention_the_blocks_input_stands_beside_as_in_Table_1()
    {
        var rows = _planted.Layer("blocks.0.attn.qkv", Flat(24, 8, 8), Flat(8, 8, 1)).Layer("blocks.0.attn.proj", Flat(8, 8, 8), Flat(8, 8, 8))
            .Layer("blocks.1.attn.proj", Flat(8, 8, 8), Flat(8, 8, 8)).Diagnose().Rows;

        Close(rows[1].BlockInputStableRank, 1);
        rows[1].Judgement!.Value.Verdict.ShouldBe(Verdict.Undecided);
        rows[2].BlockInputStableRank.ShouldBeNull();
    }

    [Theory]
    [InlineData("blocks.0.attn.qkv", "attention")]
    [InlineData("model.layers.3.self_attn.o_proj", "attention")]
    [InlineData("h.0.mlp.c_fc", "mlp in")]
    [InlineData("h.0.mlp.c_proj", "mlp out")]
    [InlineData("model.layers.3.mlp.down_proj", "mlp out")]
    [InlineData("lm_head", "head")]
    [InlineData("conv1.proj", "other")]
    [InlineData("backbone.layers.0.mixer.in_proj", "other")] // Mamba's, not attention's
    [InlineData("mamba.out_proj", "other")]
    [InlineData("encoder.in_proj", "attention")]
    [InlineData("layers.2.kv_a_proj_with_mqa", "attention")]
    [InlineData("layers.2.q_b_proj", "attention")]
    public void Groups_follow_the_names_that_frameworks_give(string name, string group) =>
        LayerGroups.Of(new LayerEntry { Name = name }, isLastMatrix: false).Word().ShouldBe(group);

    [Theory]
    [InlineData(7.5, 8, false)]
    [InlineData(3, 8, true)] // at nr = 3 and st = 2 it would be undecided
    public void The_verdict_uses_the_uncertainty_of_both_ranks(double low, double high, bool uncertain)
    {
        var row = _planted.Layer("fc", Flat(8, 8, 8), Flat(8, 8, 2), more: $$"""{"nuclear_rank_low": {{low}}, "nuclear_rank_high": {{high}}}""").Diagnose().Rows.Single();

        row.NuclearRankInterval.ShouldBe((low, high));
        row.Warnings.Any(warning => warning.Code == "verdict-uncertain" && warning.Text.Contains("of nr(G)", StringComparison.Ordinal)).ShouldBe(uncertain);
        row.Reason.EndsWith("as far as these samples tell", StringComparison.Ordinal).ShouldBe(uncertain);
    }

    [Theory]
    [InlineData("rank-deficient-gradient", 5, 1)] // 3 directions are missing, and the other 5 are enough for st = 1
    [InlineData("on-the-2d-list", 1, 8)] // Euclidean anyway
    public void A_warning_that_changes_no_decision_is_not_shown(string code, int nuclear, int stable) =>
        _planted.Layer("lm_head", Flat(8, 8, nuclear), Flat(8, 8, stable)).Diagnose().Rows.Single().Warnings.ShouldNotContain(warning => warning.Code == code);

    [Theory]
    [InlineData("blocks.0.attn.Wqkv", "{}", true)]
    [InlineData("layers.1.self_attn.qkv_proj", """{"part_of": null}""", true)]
    [InlineData("blocks.0.attn.mix", """{"shape": [24, 8]}""", true)] // three times as many outputs as inputs, in attention
    [InlineData("mlp.glu", """{"chunks": [12, 12]}""", true)] // the program cuts it
    [InlineData("blocks.0.qkvo_w[2]", """{"slice_of": "blocks.0.qkvo_w"}""", false)]
    [InlineData("blocks.0.attn.q_proj", "{}", false)]
    [InlineData("mlp.fc", """{"shape": [24, 8]}""", false)]
    public void Fused_projections_are_known_by_name_shape_and_use(string name, string more, bool looks) =>
        _planted.Layer(name, Flat(24, 8, 8), Flat(8, 8, 1), more: more).Diagnose().Rows.Single().Warnings.Any(warning => warning.Code == "looks-fused").ShouldBe(looks);

    [Theory]
    [InlineData("layers.0.mixer.in_proj", "{\"x\": …, \"z\": …}")]
    [InlineData("layers.0.attn.in_proj", "{\"q\": …, \"k\": …, \"v\": …}")]
    public void The_parts_of_a_fused_projection_have_the_names_of_its_kind(string name, string split) =>
        _planted.Layer(name, Flat(24, 8, 8), Flat(8, 8, 1)).Diagnose().Rows.Single().Warnings.Single(warning => warning.Code == "looks-fused").Text.ShouldContain(split);

    [Fact]
    public void What_the_user_says_of_a_place_is_believed()
    {
        var rows = _planted.Layer("first", Flat(8, 8, 8), Flat(8, 8, 1), more: """{"place": "input"}""")
            .Layer("lm_head", Flat(8, 8, 8), Flat(8, 8, 1)).Layer("blocks.0.last", Flat(8, 8, 8), Flat(8, 8, 1), more: """{"place": "head"}""")
            .Layer("gate", Flat(4, 8, 4), Flat(8, 8, 1), more: """{"shape": [4, 8], "place": "input", "place_given": true}""")
            .Layer("mlp.router", Flat(4, 8, 4), Flat(8, 8, 1), more: """{"shape": [4, 8]}""").Diagnose().Rows;

        rows.Select(row => row.HeldBack).ShouldBe(["input", null, "head", "input", "router"]);
        rows[2].Group.ShouldBe(LayerGroup.Head);
    }

    [Fact]
    public void An_undecided_or_fused_parameter_is_not_called_spectral_and_has_its_reason()
    {
        static string Part(int begin) => $$"""
            {"part_of": "attn.qkv", "parameter": "attn.qkv.weight", "stored_shape": [16, 8], "layout": "out_in", "part_begin": {{begin}},
            "whole_nuclear_rank": 6, "splitting_gain": 1.5}
            """;
        var plan = ParameterPlan.Of(_planted
            .Layer("attn.qkv.q", Flat(8, 8, 8), Flat(8, 8, 1), more: Part(0)).Layer("attn.qkv.k", Flat(8, 8, 8), Flat(8, 8, 1), more: Part(8))
            .Layer("mlp.fc", Flat(8, 8, 3), Flat(8, 8, 2)).Layer("mlp.proj", Flat(8, 8, 8), Flat(8, 8, 2)).Diagnose());

        plan.Spectral.Select(p => p.Name).ShouldBe(["mlp.proj.weight"]);
        plan.Of(PlanGroup.Undecided).Select(p => p.Name).ShouldBe(["mlp.fc.weight"]);
        plan.Of(PlanGroup.Fused).Select(p => p.Name).ShouldBe(["attn.qkv.weight"]);
        plan.Parameters.ShouldAllBe(p => p.Comment.Length > 0);
        plan.Of(PlanGroup.Fused)[0].PartSizes.ShouldBe([8L, 8]);
        plan.Of(PlanGroup.Fused)[0].Comment.ShouldContain("undivided nr/st 6, dividing promises × 1.5");
        Rendered("dion", plan).ShouldContain("divided = {\"attn.qkv.weight\": 2}");
        Rendered("torch", plan).ShouldContain("\"attn.qkv.weight\",");
    }

    [Fact]
    public void A_parameter_is_spectral_only_if_all_its_parts_are()
    {
        const string part = """{"part_of": "attn.qkv", "parameter": "attn.qkv.weight", "stored_shape": [16, 8], "layout": "out_in"}""";
        var plan = ParameterPlan.Of(_planted
            .Layer("attn.qkv.q", Flat(8, 8, 8), Flat(8, 8, 1), more: part).Layer("attn.qkv.v", Flat(8, 8, 1), Flat(8, 8, 8), more: part)
            .Layer("mlp.fc", Flat(8, 8, 8), Flat(8, 8, 1), more: """{"stored_shape": [8, 8], "layout": "in_out"}""")
            .Layer("lm_head", Flat(8, 8, 8), Flat(8, 8, 1)).Diagnose());

        plan.Spectral.Select(p => p.Name).ShouldBe(["mlp.fc.weight"]);
        plan.Euclidean.Select(p => p.Name).ShouldBe(["attn.qkv.weight", "lm_head.weight"]);
        plan.Euclidean[0].Comment.ShouldBe("q spectral, nr/st 8, v euclidean, nr/st 0.125");
        string optax = ParameterGroupText.All.Single(recipe => recipe.Name == "optax").Render(plan);
        optax.ShouldContain("\"mlp.fc.weight\": MuonDimensionNumbers(reduction_axis=0, output_axis=1)");
        ParameterGroupText.All.ShouldAllBe(recipe => recipe.Render(plan).Contains("(in, out)", StringComparison.Ordinal));
    }

    private static string Rendered(string optimizer, ParameterPlan plan) => ParameterGroupText.All.Single(recipe => recipe.Name == optimizer).Render(plan);

    private static Matrix<double> Filled(int size, double value)
    {
        var matrix = Flat(size, size, size);
        matrix[1, 1] = value;
        return matrix;
    }

    private static void Close(double? measured, double expected) =>
        (Math.Abs((measured ?? double.NaN) - expected) <= Rounding * expected).ShouldBeTrue($"{measured} for {expected}");
}
