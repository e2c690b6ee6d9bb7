using System.Text.Json.Nodes;
using SpecGD.Diagnosis;

namespace SpecGD.Cli.Tests;

/// <summary>Real networks from a real PyTorch, through the capture and the diagnosis: every number against torch's own SVD.</summary>
[Collection(TorchCaptures.Collection)]
public sealed class DiagnoseTorchTests(TorchCaptures torch) : InTemporaryDirectory
{
    /// <summary>Allowed relative difference of a rank from torch's SVD: gradients are stored in single precision, sums are in double.</summary>
    private const double Tolerance = 1e-6;

    /// <summary>A tenth: what 1000 of 6000 random rows may cost, four standard deviations of their st.</summary>
    private const double SamplingTolerance = 0.1;

    [SkippableTheory]
    [InlineData("mlp", 3)]
    [InlineData("transformer", 19)]
    [InlineData("tied", 19)]
    [InlineData("trained_step20", 19)]
    [InlineData("conv", 6)]
    [InlineData("special", 6)]
    [InlineData("interleaved", 3)]
    [InlineData("cells", 4)]
    [InlineData("transformed", 6)]
    [InlineData("encoder_decoder", 3)]
    [InlineData("called_linear", 3)]
    [InlineData("raw_slices", 9)]
    [InlineData("experts_of_every_kind", 10)]
    [InlineData("recurrent", 7)]
    [InlineData("convolutions_of_every_kind", 6)]
    [InlineData("bags_and_tables", 5)]
    [InlineData("parametrized", 7)]
    [InlineData("lora", 6)]
    [InlineData("attention_of_torch", 7)]
    [InlineData("checkpointed", 8)]
    [InlineData("padded", 3)]
    [InlineData("cast", 2)]
    [InlineData("grouped_queries", 6)]
    [InlineData("light", 3)]
    [InlineData("picked", 9)]
    [InlineData("chains", 16)]
    [InlineData("detached", 3)]
    [InlineData("parts_apart", 7)]
    public void Every_rank_is_that_of_torchs_SVD(string network, int layers)
    {
        torch.SkipWithoutTorch();

        Compare(network, Diagnosing.Run([torch.FileOf(network)], new LayerJudge()), Tolerance).ShouldBe(layers);
    }

    [SkippableFact]
    public void Ranks_of_one_step_are_put_together()
    {
        torch.SkipWithoutTorch();

        var diagnosis = Diagnosing.Run([torch.FileOf("rank1"), torch.FileOf("rank0")], new LayerJudge());

        Compare("ranks", diagnosis, Tolerance).ShouldBe(2);
        diagnosis.Rows.ShouldAllBe(row => row.Samples == 800 && row.Step == 7);
        Should.Throw<BadInputException>(() => Diagnosing.Run([torch.FileOf("rank0"), torch.FileOf("rank0")], new LayerJudge())).Message.ShouldContain("give each once");
    }

    [SkippableFact]
    public void Sampled_rows_estimate_and_say_so_and_a_large_gradient_goes_as_its_Gram_matrix()
    {
        torch.SkipWithoutTorch();

        var diagnosis = Diagnosing.Run([torch.FileOf("sampled")], new LayerJudge());

        Compare("sampled", diagnosis, SamplingTolerance).ShouldBe(2);
        foreach (var row in diagnosis.Rows)
        {
            double exact = (double)torch.Expected["sampled"]![row.Name]!["nuclear_rank"]!;
            (Math.Abs(row.NuclearRank!.Value / exact - 1) <= Tolerance).ShouldBeTrue($"{row.Name}: {row.NuclearRank} for {exact}");
            row.Warnings.ShouldContain(warning => warning.Code == "sampled-rows" && warning.Text.StartsWith("1000 of 6000", StringComparison.Ordinal));
        }
        diagnosis.Rows[0].Entry.GradientGram.ShouldNotBeNull();
    }

    [SkippableFact]
    public void Frozen_shared_dead_and_hidden_layers_are_told_apart()
    {
        torch.SkipWithoutTorch();

        var rows = Diagnosing.Run([torch.FileOf("special")], new LayerJudge()).Rows.ToDictionary(row => row.Name);

        rows["frozen"].Warnings.ShouldContain(warning => warning.Code == "frozen");
        rows["frozen"].NuclearRank.ShouldBeNull();
        rows["frozen"].StableRank.ShouldNotBeNull();
        rows["dead"].Warnings.ShouldContain(warning => warning.Code == "zero-gradient");
        rows["dead"].Judgement.ShouldBeNull();
        rows["idle"].Warnings.Select(warning => warning.Code).ShouldBe(["no-gradient", "no-activations"], ignoreOrder: true);
        rows["shared"].Samples.ShouldBe(2 * 20 * 6);
        rows["self_attn.out_proj"].Warnings.ShouldNotContain(warning => warning.Code == "activations-unseen");
        Codes(Diagnosing.Run([torch.FileOf("tied")], new LayerJudge()), "lm_head").ShouldContain("tied");
    }

    [SkippableFact]
    public void From_the_command_line_several_steps_give_tables_trends_and_groups_that_run()
    {
        torch.SkipWithoutTorch();
        string[] files = [torch.FileOf("trained_step20"), torch.FileOf("trained_step0"), torch.FileOf("trained_step10")];

        var said = Specgd(["diagnose", .. files, "--json", "--output", "out", "--no-figures", "--spectra", "blocks.0.mlp.*"]);

        said.ExitCode.ShouldBe(0, said.Error);
        var json = JsonNode.Parse(said.Output)!;
        json["steps"]!.AsArray().Select(step => (int)step!).ShouldBe([0, 10, 20]);
        var layer = json["layers"]!.AsArray().First(l => (string)l!["name"]! == "blocks.0.mlp.c_fc")!;
        layer["shape"]!.AsArray().Select(size => (int)size!).ShouldBe([128, 32]);
        ((string)layer["verdict"]!).ShouldBeOneOf("spectral", "undecided", "euclidean");
        json["trends"]!.AsArray().Count.ShouldBe(20);
        CheckSpectrum(Path.Combine(Folder, "out", "spectra"), (double)layer["nuclear_rank"]!);
        var check = TorchCaptures.Run(torch.Python!, TorchCaptures.Script("check_groups.py"), Path.Combine(Folder, "out", "parameter-groups"));
        check.ExitCode.ShouldBe(0, check.Error);
        string[] lines = check.Output.Trim().Split('\n');
        lines.Length.ShouldBe(3);
        string[] planned = [.. json["parameter_groups"]!["spectral"]!.AsArray().Select(name => (string)name!).Order()];
        planned.ShouldNotBeEmpty();
        foreach (string line in lines)
            line.Split(' ').Order().ShouldBe(planned);
    }

    /// <summary>Two layers, gradient and activations, three steps; the singular values that are written are those that the rank was computed from.</summary>
    private static void CheckSpectrum(string directory, double nuclearRank)
    {
        const int singularValues = 32, width = sizeof(double);
        Directory.GetFiles(directory, "*.npy").Length.ShouldBe(2 * 2 * 3);
        byte[] npy = File.ReadAllBytes(Path.Combine(directory, "blocks-0-mlp-c_fc-gradient-step0.npy"));
        double[] s = [.. Enumerable.Range(0, singularValues).Select(i => BitConverter.ToDouble(npy, npy.Length - ((singularValues - i) * width)))];
        s.ShouldBe([.. s.OrderDescending()]);
        Close("blocks.0.mlp.c_fc", "nr", s.Sum() * s.Sum() / s.Sum(x => x * x), nuclearRank, Tolerance);
    }

    private int Compare(string network, NetworkDiagnosis diagnosis, double tolerance)
    {
        var rows = diagnosis.Rows.ToDictionary(row => row.Name);
        foreach (var (layer, expected) in torch.Expected[network]!.AsObject())
        {
            var row = rows[layer];
            if (expected!["nuclear_rank"] is { } nr)
                Close(layer, "nr", row.NuclearRank, (double)nr, tolerance);
            if (expected["stable_rank"] is { } st)
                Close(layer, "st", row.StableRank, (double)st, tolerance);
        }
        return torch.Expected[network]!.AsObject().Count;
    }

    private static void Close(string layer, string what, double? measured, double expected, double tolerance) =>
        (Math.Abs((measured ?? double.NaN) / expected - 1) <= tolerance).ShouldBeTrue($"{what} of {layer} is {measured}, torch says {expected}");

    private static IEnumerable<string> Codes(NetworkDiagnosis diagnosis, string layer) => diagnosis.Rows.Single(row => row.Name == layer).Warnings.Select(w => w.Code);
}
