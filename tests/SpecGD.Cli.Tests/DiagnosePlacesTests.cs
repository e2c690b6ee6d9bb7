using System.Text.Json.Nodes;
using SpecGD.Diagnosis;

namespace SpecGD.Cli.Tests;

/// <summary>What the diagnosis says of real networks beside the numbers: places, what is missing, what looks fused, units, and groups that run.</summary>
[Collection(TorchCaptures.Collection)]
public sealed class DiagnosePlacesTests(TorchCaptures torch) : InTemporaryDirectory
{
    [SkippableTheory]
    [InlineData("vgg", "features.0=input classifier.2=head")]
    [InlineData("filters_alone", "conv1=input fc=head")]
    [InlineData("actor_critic", "fc1=input policy=head out_proj=head")]
    [InlineData("mixture", "embed=input moe.gate=router lm_head=head")]
    [InlineData("padded", "emb=input head=head")]
    [InlineData("checkpointed", "first=input last=head")]
    [InlineData("heads", "a=input b=head c=head")]
    [InlineData("chains", "first=input each.0=head each.1=head")]
    public void The_place_in_the_network_holds_back_and_no_name_does(string network, string held)
    {
        torch.SkipWithoutTorch();

        var json = Diagnose(network);

        string[] found = [.. json["layers"]!.AsArray().Where(layer => layer!["held_back"] is not null).Select(layer => $"{layer!["name"]}={layer["held_back"]}")];
        found.ShouldBe(held.Split(' '), ignoreOrder: true);
        string[] spectral = Names(json["parameter_groups"]!["spectral"]!);
        foreach (string layer in held.Split(' ').Select(word => word.Split('=')[0]))
            spectral.ShouldNotContain(layer + ".weight");
    }

    [SkippableTheory]
    [InlineData("raw_slices")]
    [InlineData("picked")]
    [InlineData("chains")]
    [InlineData("detached")]
    [InlineData("experts_of_every_kind")]
    [InlineData("recurrent")]
    [InlineData("convolutions_of_every_kind")]
    [InlineData("parametrized")]
    [InlineData("cells")]
    [InlineData("transformed")]
    [InlineData("encoder_decoder")]
    [InlineData("lora")]
    [InlineData("attention_of_torch")]
    [InlineData("transformer")]
    [InlineData("padded")]
    public void Nothing_is_unmeasured_where_every_matrix_multiplies(string network)
    {
        torch.SkipWithoutTorch();

        var json = Diagnose(network);

        Names(json["unmeasured"]!, "name").ShouldBe(network == "experts_of_every_kind" ? ["loop[2]"] : [], "the third expert of the loop gets no token, and is skipped");
        json["layers"]!.AsArray().ShouldAllBe(layer => layer!["stable_rank"] != null);
    }

    [SkippableFact]
    public void What_cannot_be_seen_is_named_with_its_share_and_its_true_reason()
    {
        torch.SkipWithoutTorch();

        var reasons = Diagnose("unseen")["unmeasured"]!.AsArray().ToDictionary(matrix => (string)matrix!["name"]!, matrix => matrix!);
        var said = Specgd(["diagnose", torch.FileOf("unseen")]);

        reasons.Keys.ShouldBe(["position", "waves", "idle.weight", "script.weight"], ignoreOrder: true);
        ((string)reasons["position"]["reason"]!).ShouldContain("mul");
        ((string)reasons["waves"]["reason"]!).ShouldContain("complex");
        ((string)reasons["idle.weight"]["reason"]!).ShouldContain("did not run");
        ((string)reasons["script.weight"]["reason"]!).ShouldContain("its products were not seen");
        const double all = 40 + 64 + 400 + 64 + 48 + 16; // weights of all matrices of the network
        ((double)reasons["idle.weight"]["share"]!).ShouldBe(400 / all, 1e-12);
        const string first = "4 matrices, 89.9 % of the weights, not measured: position (5 × 8)";
        said.Output.TrimStart().ShouldStartWith(first);
        said.Output.Split(first).Length.ShouldBe(2, "it is said once");
    }

    [SkippableFact]
    public void Each_slice_of_a_stack_is_a_layer_and_the_stack_has_one_judgement()
    {
        torch.SkipWithoutTorch();

        var json = Diagnose("experts_of_every_kind");
        var stacks = json["stacks"]!.AsArray().ToDictionary(stack => (string)stack!["name"]!, stack => stack!);

        Names(json["layers"]!, "name").Where(name => name.StartsWith("gated", StringComparison.Ordinal)).ShouldBe(["gated[0]", "gated[1]", "gated[2]"]);
        ((int)stacks["gated"]["judged"]!).ShouldBe(3);
        double[] ratios = [.. json["layers"]!.AsArray().Where(layer => ((string)layer!["name"]!).StartsWith("gated", StringComparison.Ordinal)).Select(layer => (double)layer!["ratio"]!)];
        ((double)stacks["gated"]["ratio"]!).ShouldBeInRange(ratios.Min(), ratios.Max());
        json["layers"]!.AsArray().ShouldAllBe(layer => !layer!["warnings"]!.ToJsonString().Contains("tied", StringComparison.Ordinal));
    }

    [SkippableFact]
    public void An_expert_without_tokens_stays_with_its_siblings()
    {
        torch.SkipWithoutTorch();

        var groups = Diagnose("mixture")["parameter_groups"]!;

        foreach (string matrix in new[] { "w1", "w2", "w3" })
        {
            string idle = $"moe.experts.2.{matrix}.weight", sibling = $"moe.experts.0.{matrix}.weight";
            Names(groups["spectral"]!).Contains(idle).ShouldBe(Names(groups["spectral"]!).Contains(sibling));
            ((string)groups["reasons"]![idle]!).ShouldContain("stays with its siblings");
        }
    }

    [SkippableFact]
    public void Fused_projections_that_were_not_split_are_recognised_with_their_sizes()
    {
        torch.SkipWithoutTorch();

        var rows = Diagnosing.Run([torch.FileOf("fused")], new LayerJudge()).Rows.ToDictionary(row => row.Name);

        rows["qkv_proj"].Warnings.Single(warning => warning.Code == "looks-fused").Text.ShouldContain("split={\"qkv_proj\": {\"q\": 12, \"k\": 4, \"v\": 4}}");
        rows["gate_up_proj"].Warnings.Single(warning => warning.Code == "looks-fused").Text.ShouldContain("\"gate\": 16, \"up\": 16");
        rows["o_proj"].Warnings.ShouldNotContain(warning => warning.Code == "looks-fused");
        Diagnosing.Run([torch.FileOf("grouped_queries")], new LayerJudge()).Rows.ShouldAllBe(row => row.Warnings.All(warning => warning.Code != "looks-fused"));
    }

    [SkippableFact]
    public void Rows_without_gradient_are_counted_and_said()
    {
        torch.SkipWithoutTorch();

        var rows = Diagnosing.Run([torch.FileOf("padded")], new LayerJudge()).Rows;

        rows.ShouldAllBe(row => row.Samples == 6 * 9 && row.Warnings.Any(warning =>
            warning.Code == "rows-without-gradient" && warning.Text.StartsWith("90 of 144 activations", StringComparison.Ordinal)));
    }

    [SkippableTheory]
    [InlineData("units_found", 6)]
    [InlineData("units_given", 6)]
    [InlineData("units_first", 40)]
    [InlineData("mixture", 12)]
    [InlineData("cells", 4)]
    [InlineData("encoder_decoder", 4)]
    [InlineData("recurrent", 5)]
    [InlineData("transformer", 16)] // positions, too, make rows alike
    public void Units_are_sequences_whichever_way_they_lie(string network, long units)
    {
        torch.SkipWithoutTorch();

        Diagnosing.Run([torch.FileOf(network)], new LayerJudge()).Rows
            .Where(row => row.Kind != "embedding" && row.Samples > 0).ShouldAllBe(row => row.Entry.Units == units);
    }

    [SkippableFact]
    public void Checkpointed_layers_stand_in_the_order_of_the_first_forward_pass()
    {
        torch.SkipWithoutTorch();

        Names(Diagnose("checkpointed")["layers"]!, "name").ShouldBe(
            ["first", "blocks.0.0", "blocks.0.2", "blocks.1.0", "blocks.1.2", "blocks.2.0", "blocks.2.2", "last"]);
    }

    [SkippableTheory]
    [InlineData("vgg")]
    [InlineData("filters_alone")]
    [InlineData("actor_critic")]
    [InlineData("mixture")]
    [InlineData("fused")]
    [InlineData("raw_slices")]
    [InlineData("experts_of_every_kind")]
    [InlineData("convolutions_of_every_kind")]
    [InlineData("bags_and_tables")]
    [InlineData("lora")]
    [InlineData("grouped_queries")]
    [InlineData("skipped")]
    public void Pasted_groups_run_and_give_each_parameter_once(string network)
    {
        torch.SkipWithoutTorch();
        var json = Diagnose(network);

        var ran = TorchCaptures.Run(
            torch.Python!, TorchCaptures.Script("run_groups.py"), torch.FileOf(network), Path.Combine(Folder, "out", "parameter-groups"));

        ran.ExitCode.ShouldBe(0, ran.Error);
        var found = JsonNode.Parse(ran.Output)!;
        string[] spectral = Names(json["parameter_groups"]!["spectral"]!);
        Names(found["spectral"]!).ShouldBe(spectral, ignoreOrder: true);
        Names(found["torch"]!).ShouldBeSubsetOf(spectral);
        Names(found["dion"]!).ShouldBe(spectral, ignoreOrder: true);
        Names(found["keller-jordan"]!).ShouldBeSubsetOf(spectral);
    }

    [SkippableFact]
    public void No_interval_exceeds_what_is_possible()
    {
        torch.SkipWithoutTorch();

        foreach (string network in new[] { "transformer", "padded", "vgg", "mixture", "units_found", "light" })
        {
            foreach (var row in Diagnosing.Run([torch.FileOf(network)], new LayerJudge()).Rows.Where(row => row.Interval is not null))
            {
                row.Interval!.High.ShouldBeLessThanOrEqualTo(row.Shape!.Value.In, $"{network} {row.Name}");
                row.StableRank!.Value.ShouldBeInRange(row.Interval.Low, row.Interval.High, $"{network} {row.Name}");
            }
        }
    }

    [SkippableFact]
    public void A_fused_projection_is_judged_head_by_head()
    {
        torch.SkipWithoutTorch();

        Names(Diagnose("heads")["layers"]!, "name").ShouldBe(["a", "qkv.q.0", "qkv.q.1", "qkv.k.0", "qkv.k.1", "qkv.v.0", "qkv.v.1", "b", "c"]);
    }

    [SkippableFact]
    public void The_noise_of_a_mini_batch_brackets_nr_and_the_verdict_uses_both_intervals()
    {
        torch.SkipWithoutTorch();

        foreach (var row in Diagnosing.Run([torch.FileOf("noisy")], new LayerJudge()).Rows)
        {
            var (low, high) = row.NuclearRankInterval!.Value;
            row.NuclearRank!.Value.ShouldBeInRange(low, high);
            high.ShouldBeLessThanOrEqualTo(Math.Min(row.Shape!.Value.Out, row.Shape!.Value.In));
        }
    }

    [SkippableFact]
    public void A_light_capture_takes_kilobytes_a_layer()
    {
        torch.SkipWithoutTorch();
        const long aLayer = 64 * 1024, layers = 4;

        new FileInfo(torch.FileOf("light")).Length.ShouldBeLessThan(layers * aLayer); // the widest of its Gram matrices alone would take 9.7 MB
    }

    [SkippableFact]
    public void Momentum_is_measured_where_the_optimizer_has_it()
    {
        torch.SkipWithoutTorch();

        var row = Diagnosing.Run([torch.FileOf("cleared")], new LayerJudge()).Rows[0];

        row.Samples.ShouldBe(20); // what was before zero_grad() is forgotten
        row.MomentumNuclearRank!.Value.ShouldBe(row.NuclearRank!.Value, 1e-6 * row.NuclearRank!.Value); // after the first step both are one
        row.Entry.NewtonSchulzDistance!.Value.ShouldBeInRange(0.01, 0.5); // Muon's coefficients leave singular values between 0.7 and 1.2
    }

    [SkippableFact]
    public void An_optimizer_is_held_against_the_diagnosis()
    {
        torch.SkipWithoutTorch();

        var said = Specgd(["diagnose", torch.FileOf("cleared"), "--optimizer", Path.Combine(torch.Folder, "optimizer.json"), "--json"]);
        var table = Specgd(["diagnose", torch.FileOf("cleared"), "--optimizer", Path.Combine(torch.Folder, "optimizer.json")]);

        said.ExitCode.ShouldBe(0, said.Error);
        var audit = JsonNode.Parse(said.Output)!["audit"]!;
        audit["unknown"]!.AsArray().ShouldBeEmpty();
        audit["misplaced"]!.AsArray().ShouldBeEmpty(); // it is SGD
        table.ExitCode.ShouldBe(0, table.Error);
        Specgd(["diagnose", torch.FileOf("cleared"), "--optimizer", "none.json"]).ExitCode.ShouldBe(2);
    }

    [SkippableTheory]
    [InlineData("twins")]
    [InlineData("wrapped")]
    public void Wrappers_leave_names_alone_and_a_submodule_called_module_keeps_its_own(string network)
    {
        torch.SkipWithoutTorch();

        Names(Diagnose(network)["layers"]!, "name").ShouldBe(["module.fc", "fc"]);
    }

    private JsonNode Diagnose(string network)
    {
        var said = Specgd(["diagnose", torch.FileOf(network), "--json", "--output", "out", "--no-figures"]);
        said.ExitCode.ShouldBe(0, said.Error);
        return JsonNode.Parse(said.Output)!;
    }

    private static string[] Names(JsonNode list) => [.. list.AsArray().Select(name => (string)name!)];

    private static string[] Names(JsonNode list, string key) => [.. list.AsArray().Select(item => (string)item![key]!)];
}
