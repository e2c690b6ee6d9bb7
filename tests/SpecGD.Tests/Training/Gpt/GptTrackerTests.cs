using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Spectral;
using SpecGD.Tests.Models.Gpt;
using SpecGD.Training;
using SpecGD.Training.Gpt;

namespace SpecGD.Tests.Training.Gpt;

public class GptTrackerTests
{
    /// <summary>Gram matrices square the singular values, and the top one alone decides: ten digits are left.</summary>
    private const double Tolerance = 1e-10;

    /// <summary>nr/(T/m) and nr·m/T round at two places each, half a unit in the last place at a time.</summary>
    private const double RoundingOfTwoQuotients = 4 * 2.3e-16;

    private static readonly GptShape Shape = new() { Vocabulary = 20, Layers = 8, Width = 16, Heads = 2, EndOfText = 0 };

    [SkippableFact]
    public void Its_stable_ranks_are_those_of_all_sequences_side_by_side()
    {
        var parameters = GptDrawn.Parameters(Shape);
        var model = LanguageEngine.Of<double>().Model(parameters, 128);
        int[] tokens = GptDrawn.Tokens();
        var tracker = new GptTracker<double>(Shape, interval: 100);
        var seen = new Seen();
        tracker.Begin();
        foreach (int start in new[] { 0, 127 })
        {
            var (inputs, targets) = (tokens.AsMemory(start, 128), tokens.AsMemory(start + 1, 128));
            model.LossAndGradient(inputs.Span, targets.Span, window: 2, tracker);
            tracker.ObserveTokens(inputs.Span);
            model.Loss(inputs.Span, targets.Span, window: 2, seen);
        }
        tracker.Complete(7, parameters);

        var recorded = new[] { "activation", "rms", "qkv_columns", "embed_lmhead", "value_embed" }.SelectMany(s => tracker.Log[s]).ToDictionary();
        recorded.Keys.Order().ShouldBe(seen.Stacked.Keys.Order());
        foreach (var (name, series) in recorded)
            series.Values.ShouldHaveSingleItem().ShouldBe(Measures.StableRank(seen.Stacked[name])!.Value, Tolerance * Shape.HiddenWidth, name);
        int most = tokens[..128].Concat(tokens[127..255]).CountBy(t => t).Max(c => c.Value);
        tracker.Log["token_frequency"][""].Values.ShouldBe([256.0 / most]);
        var verdict = tracker.Log["nr_over_st"];
        // Measured here with all threads and there with one: products are added up in another order.
        double nuclear = Measures.NuclearRank(parameters["blocks.2.mlp.c_proj"].Gradient)!.Value;
        verdict["2.mlp.c_proj"].Values[0].ShouldBe(nuclear / recorded["block2.mlp.post"].Values[0], Tolerance * Shape.HiddenWidth);
        verdict["2.attn.c_proj"].Values[0].ShouldBe(tracker.Log["gradient.attention"]["2.attn.c_proj"].Values[0] / recorded["block2.rms.pre_attn"].Values[0]);
        verdict["2.attn.c_proj.H"].Values[0].ShouldBe(tracker.Log["gradient.attention"]["2.attn.c_proj"].Values[0] / recorded["block2.attn.out"].Values[0]);
        double overFrequency = tracker.Log["gradient.embed_lmhead"]["embedding"].Values[0] * most / 256;
        verdict["embedding"].Values[0].ShouldBe(overFrequency, RoundingOfTwoQuotients * overFrequency);
    }

    [SkippableFact]
    public void Its_file_is_nested_as_the_authors_is()
    {
        var trainer = GptTrainingCase.Trainer(plan: GptTrainingCase.Plan with { Steps = 5, TrackEvery = 4 });
        trainer.Run(SilentProgress.Instance, CancellationToken.None);

        var json = trainer.Tracker.ToJson();

        json.Select(p => p.Key).ShouldBe(
            ["interval", "value_embed", "embed_lmhead", "rms", "qkv_columns", "activation", "token_frequency", "gradient", "weight", "weight_each", "nr_over_st"]);
        ((int)json["interval"]!).ShouldBe(4);
        json["token_frequency"]!["steps"]!.AsArray().Select(s => (int)s!).ShouldBe([2, 4]);
        string[] Keys(params string[] path) => [.. path.Aggregate(json, (level, name) => level[name]!.AsObject()).Select(p => p.Key)];
        Keys("activation").ShouldContain("block0.mlp.c_fc");
        Keys("activation").ShouldContain("block5.mlp.post");
        Keys("activation").ShouldContain("block5.attn.out");
        Keys("rms").ShouldBe([.. Enumerable.Range(0, 6).SelectMany(i => new[] { $"block{i}.rms.pre_attn", $"block{i}.rms.pre_mlp" }), "lm_head.pre"]);
        Keys("qkv_columns").ShouldBe([.. Enumerable.Range(0, 6).SelectMany(i => new[] { $"block{i}.attn.q", $"block{i}.attn.k", $"block{i}.attn.v" })]);
        Keys("embed_lmhead").ShouldBe(["embedding"]);
        Keys("value_embed").ShouldBe(["value_embed0", "value_embed1", "value_embed2"]);
        Keys("gradient").ShouldBe(["mlp", "attention", "embed_lmhead", "value_embed"]);
        Keys("gradient", "mlp").ShouldBe([.. Enumerable.Range(0, 6).SelectMany(i => new[] { $"{i}.mlp.c_fc", $"{i}.mlp.c_proj" })]);
        Keys("gradient", "attention").Take(4).ShouldBe(["0.attn.q", "0.attn.k", "0.attn.v", "0.attn.c_proj"]);
        Keys("gradient", "embed_lmhead").ShouldBe(["embedding", "lm_head"]);
        Keys("gradient", "value_embed").ShouldBe(["value_embed0.weight", "value_embed1.weight", "value_embed2.weight"]);
        Keys("weight", "attention").ShouldBe([.. Enumerable.Range(0, 6).Select(i => $"{i}.attn.qkvo_w")]);
        Keys("weight_each").ShouldContain("3.attn.c_proj");
    }

    [SkippableFact]
    public void What_does_not_exist_is_left_out()
    {
        var parameters = new GptParameters<float>(Shape);
        parameters.Initialise(new TorchRandom(1));
        var model = LanguageEngine.Of<float>().Model(parameters, 256);
        int[] tokens = GptDrawn.Tokens();
        var tracker = new GptTracker<float>(Shape, interval: 100);
        tracker.Begin();
        model.LossAndGradient(tokens, tokens, window: 2, tracker);
        tracker.Complete(2, parameters);

        // the head and c_proj are zero: only the head has a gradient, and the zero matrices no stable rank
        tracker.Log["gradient.embed_lmhead"].Keys.ShouldBe(["lm_head"]);
        tracker.Log["gradient.mlp"].ShouldBeEmpty();
        tracker.Log["nr_over_st"].Keys.ShouldBe(["lm_head"]);
        tracker.Log["weight.mlp"].Keys.ShouldAllBe(key => key.EndsWith("c_fc", StringComparison.Ordinal));
    }

    /// <summary>Keeps every activation it sees, sequences below one another.</summary>
    private sealed class Seen : IGptObserver<double>
    {
        public Dictionary<string, Matrix<double>> Stacked { get; } = [];

        public void Observe(string name, Matrix<double> activations)
        {
            int before = Stacked.TryGetValue(name, out var earlier) ? earlier.Rows : 0;
            var stacked = new Matrix<double>(before + activations.Rows, activations.Columns);
            if (before > 0)
                earlier.CopyTo(stacked.RowSlice(0, before));
            activations.CopyTo(stacked.RowSlice(before, activations.Rows));
            Stacked[name] = stacked;
        }
    }
}
