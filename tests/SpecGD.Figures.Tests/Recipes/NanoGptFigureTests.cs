using System.Text.Json.Nodes;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Figures.Description;
using SpecGD.Figures.Model;
using SpecGD.Records;
using SpecGD.Training.Gpt;

namespace SpecGD.Figures.Tests.Recipes;

public class NanoGptFigureTests
{
    private const int Blocks = 12;

    /// <summary>The endings that the authors give their files, and ours.</summary>
    private static readonly string[] Endings =
    [
        "activation_attention", "activation_embedding", "activation_mlp", "activation_mlp_post", "activation_rms", "gradient_attention_o",
        "gradient_attention_qk", "gradient_attention_v", "gradient_embedding", "gradient_mlp", "verdict",
    ];

    [Fact]
    public void A_trackers_record_gives_every_figure_with_a_curve_for_every_block()
    {
        var figures = Figures(Whole());

        figures.Keys.ShouldBe(Endings.Select(ending => "nanogpt_" + ending), ignoreOrder: true);
        Lines(figures["nanogpt_activation_mlp"]).ShouldBe([Blocks]);
        Lines(figures["nanogpt_gradient_mlp"]).ShouldBe([Blocks, Blocks]);
        Lines(figures["nanogpt_gradient_attention_qk"]).ShouldBe([Blocks - 1, Blocks - 1], "block 7 has no attention");
        Lines(figures["nanogpt_activation_rms"]).ShouldBe([Blocks - 1, Blocks + 1], "with the state before the head");
        Lines(figures["nanogpt_verdict"]).Length.ShouldBe(7, "six weights, and head with embedding");
        Lines(figures["nanogpt_activation_embedding"]).ShouldBe([5]);
    }

    [Fact]
    public void Colours_go_with_the_blocks_and_dashes_with_the_components()
    {
        var panels = Figures(Whole())["nanogpt_gradient_attention_qk"].Panels;

        foreach (var panel in panels)
        {
            var colors = panel.Curves.OfType<LineCurve>().Select(line => line.Stroke.Color).ToArray();
            colors.ShouldBeUnique();
            colors[0].ShouldBe(OrderedColors.Of(0, Blocks));
            colors[7].ShouldBe(OrderedColors.Of(8, Blocks), "the eighth curve is of block 8");
            panel.Curves.OfType<LineCurve>().Select(line => line.Stroke.Dash).Distinct().Count().ShouldBe(1);
            panel.Curves.OfType<KeySample>().Count().ShouldBe(6, "of eleven blocks the key names some");
        }
        panels[0].Curves.OfType<LineCurve>().First().Stroke.Dash.ShouldNotBe(panels[1].Curves.OfType<LineCurve>().First().Stroke.Dash);
        panels.Select(panel => string.Join(',', panel.Y.Covers)).Distinct().Count().ShouldBe(1, "one axis for both");
    }

    [Fact]
    public void Curves_of_no_block_all_differ()
    {
        foreach (string name in new[] { "nanogpt_activation_embedding", "nanogpt_gradient_embedding" })
            Figures(Whole())[name].Panels[0].Curves.OfType<LineCurve>().Select(line => line.Stroke).ShouldBeUnique();
    }

    [Fact]
    public void The_verdict_is_logarithmic_with_a_line_at_1_in_every_panel()
    {
        foreach (var panel in Figures(Whole())["nanogpt_verdict"].Panels)
        {
            panel.Y.Logarithmic.ShouldBeTrue();
            panel.Curves.OfType<HorizontalLine>().ShouldHaveSingleItem().Y.ShouldBe(1);
            panel.Y.Tics.ShouldContain(1);
        }
        var expand = Figures(Whole())["nanogpt_verdict"].Panels[4].Curves.OfType<LineCurve>().First();
        FigureData.Render(Figures(Whole())["nanogpt_verdict"]).ShouldContain(",2,5"); // 15/3 at step 2
        expand.Stroke.Color.ShouldBe(OrderedColors.Of(0, Blocks));
    }

    [Fact]
    public void What_a_record_lacks_is_left_out()
    {
        var record = new TrackerLog(100);
        record.Record("gradient.mlp", "0.mlp.c_fc", 100, 5);
        record.Record("gradient.mlp", "1.mlp.c_fc", 100, 6);

        var figures = Figures(Bare(record));

        figures.Keys.ShouldBe(["nanogpt_gradient_mlp"]);
        Lines(figures["nanogpt_gradient_mlp"]).ShouldBe([2]);
    }

    [Fact]
    public void One_run_shows_both_losses_and_the_entropy_against_steps_and_tokens()
    {
        var log = new RunLog("one") { Dataset = new JsonObject { [NanoGptLog.TokensPerStep] = 512, [NanoGptLog.UnigramEntropy] = 3 } };
        log.Methods.Add("nanogpt", Losses(100));

        var figure = Figures(log)["nanogpt_loss"];

        figure.Panels.Count.ShouldBe(2);
        figure.Panels.ShouldAllBe(panel => panel.Curves.Count == 3);
        figure.Panels[0].Curves[1].Columns[0].Values[^1].ShouldBe(100);
        figure.Panels[1].Curves[1].Columns[0].Values[^1].ShouldBe(100 * 512);
        (figure.Panels[0].Y.From, figure.Panels[0].Y.To).ShouldBe((1, 6));
    }

    [Fact]
    public void Several_runs_are_overlaid_and_named_by_their_optimizers()
    {
        var log = NanoGptLog.Compare(
        [
            ("a", WithLosses("adam", "relu_square")), ("b", WithLosses("muon", "swiglu")), ("c", WithLosses("muon", "swiglu")),
        ]);

        var figure = Figures(log)["nanogpt_loss"];

        figure.Panels.Count.ShouldBe(4);
        var curves = figure.Panels[0].Curves;
        curves.Select(curve => curve.Label.ToString()).ShouldBe(["Adam, ReLU²", "Muon, SwiGLU", "muon swiglu (c)"]);
        curves.Select(curve => curve.Stroke).ShouldBeUnique();
        curves[0].Stroke.Dash.ShouldBe(Dash.Solid);
        curves[1].Stroke.Dash.ShouldBe(Dash.Dashed);
    }

    private static RunLog WithLosses(string optimizer, string mlp)
    {
        var log = new RunLog("run")
        {
            Config = new JsonObject { ["optimizer"] = optimizer, ["mlp"] = mlp },
            Dataset = new JsonObject { [NanoGptLog.TokensPerStep] = 512 },
        };
        log.Methods.Add("nanogpt", Losses(10));
        return log;
    }

    private static MethodLog Losses(int steps)
    {
        var method = new MethodLog();
        for (int step = 0; step < steps; step++)
            method.Record("train_loss", step, 1.1 + (4.5 / (1 + step)));
        method.Record("val_loss", 0, 5.6);
        method.Record("val_loss", steps, 1.2);
        return method;
    }

    private static Dictionary<string, Figure> Figures(RunLog log) =>
        FigureCatalog.All.Select(recipe => recipe.Compose(log)).OfType<Figure>().ToDictionary(figure => figure.Name);

    private static int[] Lines(Figure figure) => [.. figure.Panels.Select(panel => panel.Curves.OfType<LineCurve>().Count())];

    /// <summary>Everything that a tracker of twelve blocks records, read as a file of the tracker alone is.</summary>
    private static RunLog Whole()
    {
        var record = new TrackerLog(100);
        foreach (int step in new[] { 2, 100, 200 })
        {
            for (int block = 0; block < Blocks; block++)
            {
                record.Record("activation", $"block{block}.mlp.c_fc", step, 3);
                record.Record("activation", $"block{block}.mlp.post", step, 4);
                record.Record("rms", $"block{block}.rms.pre_mlp", step, 3);
                record.Record("gradient.mlp", $"{block}.mlp.c_fc", step, 15);
                record.Record("gradient.mlp", $"{block}.mlp.c_proj", step, 20);
                if (block == 7)
                    continue;
                record.Record("rms", $"block{block}.rms.pre_attn", step, 2);
                foreach (string name in new[] { "q", "k", "v" })
                    record.Record("qkv_columns", $"block{block}.attn.{name}", step, 6);
                foreach (string name in new[] { "q", "k", "v", "c_proj" })
                    record.Record("gradient.attention", $"{block}.attn.{name}", step, 10);
            }
            record.Record("rms", "lm_head.pre", step, 4);
            record.Record("embed_lmhead", "embedding", step, 3);
            record.Record("token_frequency", "", step, 20);
            record.Record("gradient.embed_lmhead", "embedding", step, 30);
            record.Record("gradient.embed_lmhead", "lm_head", step, 9);
            for (int j = 0; j < 3; j++)
            {
                record.Record("value_embed", $"value_embed{j}", step, 7 + j);
                record.Record("gradient.value_embed", $"value_embed{j}.weight", step, 11 + j);
            }
        }
        return Bare(record);
    }

    private static RunLog Bare(TrackerLog record) => TinyRuns.ThroughAFile(System.Text.Encoding.UTF8.GetBytes(record.ToJson().ToJsonString()));
}
