using System.Text.Json.Nodes;
using SpecGD.Experiments;
using SpecGD.Records;

namespace SpecGD.Tests.Experiments;

public class SparseRegressionTests
{
    private static readonly SparseRegressionOptions Small = new() { Dim = 6, Width = 8, BatchSize = 20, Steps = 5 };

    [Fact]
    public void The_log_has_the_names_and_nesting_that_the_authors_plotting_scripts_read()
    {
        var json = JsonNode.Parse(RunLogFile.Serialize(new SparseRegression().Run(Small, RunContext.Silent).Log))!;

        json["config"]!["batch_size"]!.GetValue<int>().ShouldBe(20);
        foreach (string name in new[] { "gradient_descent", "specgd" })
        {
            var method = json["methods"]![name]!;
            method["lr"]!.GetValue<double>().ShouldBe(0.01);
            method["spectral_layers"]!.AsArray().Select(l => (string)l!).ShouldBe(name == "specgd" ? ["W2", "W3"] : []);
            IEnumerable<string> series =
            [
                "loss", .. Range(1, 3, "activations", "layer"), .. Range(1, 3, "grad_ratio", "W"), .. Range(1, 4, "grad_scale", "W"),
                .. Range(0, 4, "activation_op_norm", "A"), .. Range(1, 4, "weight_op_norm", "W"),
            ];
            foreach (string path in series)
            {
                var found = path.Split('.').Aggregate((JsonNode?)method, (node, key) => node?[key]).ShouldNotBeNull($"{name}.{path}");
                found["steps"]!.AsArray().Count.ShouldBe(5);
                found["values"]!.AsArray().Count.ShouldBe(5);
            }
        }
    }

    [Fact]
    public void The_activation_norm_is_the_one_that_scales_the_step()
    {
        var log = new SparseRegression().Run(Small, RunContext.Silent).Log;
        var (descent, spectral) = (log.Methods["gradient_descent"], log.Methods["specgd"]);

        // Both start from the same weights, so the norms differ only by their kind: Frobenius is √st times the operator norm.
        double op = descent.Find("activation_op_norm.A1")!.Values[0], frobenius = spectral.Find("activation_op_norm.A1")!.Values[0];
        (frobenius * frobenius / (op * op)).ShouldBe(descent.Find("activations.layer1")!.Values[0], 1e-10);
        spectral.Find("activation_op_norm.A3")!.Values[0].ShouldBe(descent.Find("activation_op_norm.A3")!.Values[0], "W4 is not spectral");
    }

    [Fact]
    public void Muon_and_AdamW_run_beside_the_two_of_the_paper_and_leave_them_unchanged()
    {
        var two = new SparseRegression().Run(Small, RunContext.Silent).Log;
        var four = new SparseRegression().Run(Small with { Optimizer = ["adamw", "muon"] }, RunContext.Silent).Log;

        four.Methods.Keys.ShouldBe(["gradient_descent", "specgd", "muon", "adamw"]);
        foreach (string name in two.Methods.Keys)
            four.Methods[name].Find("loss")!.Values.ShouldBe(two.Methods[name].Find("loss")!.Values);
        four.Methods.Values.Select(m => m.Find("loss")!.Values[0]).Distinct().Count().ShouldBe(1, "all start from the same weights");
        four.Methods.Values.Select(m => m.Find("loss")!.Values[^1]).Distinct().Count().ShouldBe(4, "and go different ways");
    }

    [Fact]
    public void Spectra_are_recorded_at_the_start_and_before_every_interval_th_update()
    {
        const double single = 1e-6; // the spectra are kept in single precision
        var log = new SparseRegression().Run(Small with { Steps = 7, SpectraEvery = 3 }, RunContext.Silent).Log;

        foreach (var (name, method) in log.Methods)
        {
            var spectra = log.Sections["spectrum_gif"]![name]!;
            JsonNode.DeepEquals(spectra, method.Properties["spectrum_gif"]).ShouldBeTrue("it stands at the top level and within the method");
            ((string)spectra["method"]!).ShouldBe(name);
            ((int)spectra["interval"]!).ShouldBe(3);
            ((int)spectra["total_steps"]!).ShouldBe(7);
            spectra["layers"]!.AsArray().Select(l => (string)l!).ShouldBe(["layer1", "layer2", "layer3"]);
            var frames = spectra["frames"]!.AsArray();
            frames.Select(f => (int)f!["step"]!).ShouldBe([0, 3, 6]);
            foreach (var (frame, step) in frames.Zip([0, 2, 5]))
            {
                ((double)frame!["loss"]!).ShouldBe(method.Find("loss")!.Values[step]);
                for (int layer = 1; layer <= 3; layer++)
                {
                    double stable = method.Find($"activations.layer{layer}")!.Values[step];
                    double[] values = JsonNumber.All(frame["spectra"]![$"layer{layer}"]);
                    values.Length.ShouldBe(8);
                    ((double)frame["stable_rank"]![$"layer{layer}"]!).ShouldBe(stable);
                    (values.Sum(s => s * s) / (values[0] * values[0])).ShouldBe(stable, single * stable);
                }
            }
        }
    }

    [Fact]
    public void Spectral_layers_are_a_setting()
    {
        var none = new SparseRegression().Run(Small with { SpectralLayers = [] }, RunContext.Silent).Log;

        none.Methods["specgd"].Find("loss")!.Values.ShouldBe(none.Methods["gradient_descent"].Find("loss")!.Values, "without spectral layers SpecGD is gradient descent");
    }

    [Fact]
    public void A_step_too_large_ends_the_run_naming_method_step_and_layer()
    {
        var options = Small with { Steps = 500, MethodLr = new Dictionary<string, double> { ["specgd"] = 0.05 } };

        var result = new SparseRegression().Run(options, RunContext.Silent);

        result.Status.ShouldBe(RunStatus.Diverged);
        result.Detail.ShouldNotBeNull().ShouldMatch("^SpecGD diverged at step [0-9]+: .*W[1-4]");
    }

    private static IEnumerable<string> Range(int first, int count, string group, string prefix) => Enumerable.Range(first, count).Select(i => $"{group}.{prefix}{i}");
}
