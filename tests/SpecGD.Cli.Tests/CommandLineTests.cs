using SpecGD.Numerics.LinearAlgebra.OpenBlas;
using SpecGD.Reproduction;

namespace SpecGD.Cli.Tests;

public sealed class CommandLineTests : InTemporaryDirectory
{
    [Theory]
    [InlineData("run random-feature --dim 0", "--dim takes a whole number from 1 to 16384; '0' is not.")]
    [InlineData("run random-feature --dim", "--dim")]
    [InlineData("run random-feature --activation softmax", "--activation takes one of relu, relu_square, gelu, sigmoid, tanh, swiglu; 'softmax' is not.")]
    [InlineData("run random-feature --method-lr specgd", "--method-lr takes NAME=VALUE; 'specgd' is not.")]
    [InlineData("run random-feature --frobnicate 3", "'--frobnicate' is not understood by specgd run random-feature.")]
    [InlineData("run random-features", "There is no 'random-features' in specgd run; there are adaptive-comparison, batch-size-sweep, gallery, nsr-table, nuclear-rank-growth, one-step, random-feature, relu-spectrum, sparse-regression, stable-rank-sweep, theory.")]
    [InlineData("reproduce fig99", "There is no figure 'fig99' to reproduce; there are fig1, fig2, fig3, fig4, fig5, fig6, fig7, fig8, fig9, fig10, fig11, fig12, fig14, fig15, fig16, fig17, fig18-large, fig18-small, activation-spectra, adaptive, one-step, relu-spectrum, stable-rank-sweep, table2, theory.")]
    [InlineData("reproduce fig3 --data shards", "--data is for the figures of the language model, and none of them is to be made.")]
    [InlineData("reproduce table2 --data nowhere --quick", "nowhere")]
    [InlineData("nanogpt plot nowhere", "there is no such file")]
    [InlineData("nanogpt plot .", "holds neither log.json nor tracker.json")]
    [InlineData("nanogpt plot", "specgd nanogpt plot")]
    [InlineData("nanogpt scaling --gbit 0", "--gbit takes a positive number; 0 is none.")]
    [InlineData("nanogpt scaling --ranks 0", "--ranks takes whole numbers from 1 to 1000000.")]
    [InlineData("nanogpt scaling --measure", "--measure needs ranks to measure between")]
    [InlineData("plot nowhere/log.json", "there is no such file")]
    [InlineData("plot .", "has no run log")]
    [InlineData("doctor --threads 99999999999", "--threads takes a whole number from 1 to 1024; '99999999999' is not.")]
    [InlineData("doctor --threads 100000", "--threads takes a whole number from 1 to 1024; '100000' is not.")]
    [InlineData("doctor --threads 0", "--threads takes a whole number from 1 to 1024; '0' is not.")]
    [InlineData("run random-feature --output /dev/null/out", "The output folder /dev/null/out cannot be written")]
    [InlineData("run random-feature --feature-dim 16384 --num-samples 1000000 --no-figures", "These sizes are too large. A 16384×1000000 matrix has 16384000000 elements")]
    [InlineData("run nuclear-rank-growth --dims ,", "--dims takes at least one value; ',' is not.")]
    [InlineData("frobnicate", "There is no 'frobnicate' in specgd; there are run, reproduce, sweep, plot, data, nanogpt, diagnose, gallery, verify, bench, doctor, docs.")]
    [InlineData("sweep sttus x", "There is no 'sttus' in specgd sweep; there are status, results, retry, export. Did you mean 'status'?")]
    [InlineData("sweep reslts x --json", "Did you mean 'results'?")]
    [InlineData("bench polaroid", "There is no benchmark 'polaroid'")]
    [InlineData("bench memory polaroid", "Memory is measured of random-feature-relu, ")]
    [InlineData("bench scaling polaroid", "There is no scaling 'polaroid'; there are dim, samples, length, length-full, layers, threads-product, threads-polar, threads-language.")]
    [InlineData("run", "specgd run needs a command: adaptive-comparison, batch-size-sweep, gallery, nsr-table, nuclear-rank-growth, one-step, random-feature, relu-spectrum, sparse-regression, stable-rank-sweep, theory.")]
    public void Bad_input_is_one_sentence_on_standard_error_and_exit_code_2(string arguments, string sentence)
    {
        var said = Specgd(arguments.Split(' '));

        said.ExitCode.ShouldBe(2, said.Error);
        said.Output.ShouldBeEmpty();
        said.Error.ShouldContain(sentence);
        said.Error.TrimEnd().Split('\n').Length.ShouldBe(1, said.Error);
    }

    [Theory]
    [InlineData("SPECGD_BLAS", "atlas", "SPECGD_BLAS=atlas is unknown; use 'openblas', 'mkl' or 'managed'.")]
    [InlineData("SPECGD_THREADS", "many", "SPECGD_THREADS=many is not a number of threads; use a whole number from 1 to 1024.")]
    [InlineData("SPECGD_KEEP_SECONDS", "-1", "SPECGD_KEEP_SECONDS=-1 is no time; use a number of seconds from 0 to 86400.")]
    [InlineData("SPECGD_FAULT", "stop", "SPECGD_FAULT=stop is unknown; use 'kill@rename:3', 'full@any:17', 'list@any:FILE' or 'interrupt@create:ENDING', 'in-place,' before it for writes that are not atomic.")]
    public void An_environment_variable_with_a_word_it_does_not_know_is_bad_input(string name, string value, string sentence)
    {
        var said = SpecgdProcess.Run(Folder, ["run", "random-feature", "--dim", "4", "--steps", "2", "--no-figures"], (name, value));

        said.ExitCode.ShouldBe(2, said.Error);
        said.Error.ShouldBe($"specgd: {sentence}{Environment.NewLine}");
    }

    [Theory]
    [InlineData("--help", "reproduce", "Examples:")]
    [InlineData("run random-feature --help", "--specgd-restart-frequency", "from 1 to 16384")]
    [InlineData("reproduce --help", "--list", "specgd reproduce fig3 fig11")]
    [InlineData("plot --help", "DIR|LOG.json", "--output")] // though its argument is missing
    [InlineData("data fetch --help", "fineweb10B (103 training shards)", "specgd data fetch fineweb10B --shards 8")]
    [InlineData("nanogpt verify --help", "BASE.safetensors", "--json")]
    [InlineData("nanogpt plot --help", "tracker.json", "--check")]
    [InlineData("bench --help", "memory", "scaling")]
    [InlineData("bench scaling --help", "threads-language", "--output")]
    [InlineData("nanogpt scaling --help", "--latency", "specgd nanogpt scaling --preset 124M")]
    public void Help_teaches(string arguments, string mentions, string alsoMentions)
    {
        var said = Specgd(arguments.Split(' '));

        said.ExitCode.ShouldBe(0);
        said.Output.ShouldContain(mentions);
        said.Output.ShouldContain(alsoMentions);
        said.Output.ShouldContain("specgd", Case.Sensitive);
        said.Output.ShouldNotContain("SpecGD.Cli", Case.Sensitive);
    }

    [Fact]
    public void Every_setting_of_the_contract_is_an_option()
    {
        string help = Specgd("run", "random-feature", "--help").Output;

        foreach (string option in new[]
        {
            "--dim", "--feature-dim", "--num-samples", "--steps", "--activation", "--seed", "--specgd-restart-frequency", "--specgd-restart-iters",
            "--specgd-from-peak", "--method-lr", "--no-figures", "--output",
        })
            help.ShouldContain(option);
    }

    [Fact]
    public void The_list_of_figures_has_a_line_for_each_and_on_request_what_each_must_show()
    {
        var said = Specgd("reproduce", "--list");
        const string claim = "SpecGD ends two orders of magnitude below gradient descent";

        said.ExitCode.ShouldBe(0);
        foreach (var figure in PaperFigureCatalog.All)
            said.Output.Split('\n').Count(line => line.TrimStart().StartsWith(figure.Id + " ", StringComparison.Ordinal)).ShouldBe(1, figure.Id);
        said.Output.ShouldNotContain(claim);
        Specgd("reproduce", "--list", "--verbose").Output.ShouldContain(claim);
    }

    [Fact]
    public void Doctor_tells_what_was_found_in_some_ten_lines_and_the_search_on_request()
    {
        const int fewLines = 12; // ten findings, and one for what may be missing
        var said = Specgd("doctor");

        said.Output.TrimEnd().Split('\n').Length.ShouldBeLessThanOrEqualTo(fewLines, said.Output);
        said.Output.ShouldNotContain("tried");
        said.Output.ShouldContain("OpenBLAS");
        string searched = Specgd("doctor", "--verbose").Output;
        searched.ShouldContain(Environment.GetEnvironmentVariable(OpenBlasLibrary.PathVariable) is { Length: > 0 } given ? given : "libopenblas");
        searched.ShouldContain("libtorch");
        said.Output.ShouldContain("GFLOP/s");
        said.Output.ShouldContain("font of figures");
        said.Output.ShouldContain("threads");
    }
}
