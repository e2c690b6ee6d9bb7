using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace SpecGD.Cli;

/// <summary>The help page of a command, followed by examples where the command brings some.</summary>
internal sealed class HelpWithExamples(HelpAction page) : SynchronousCommandLineAction
{
    private static readonly Dictionary<string, string[]> Examples = new()
    {
        ["specgd"] =
        [
            "specgd reproduce fig3           the paper's Figure 3 in runs/reproduce/fig3, checked against the paper",
            "specgd run random-feature       the same experiment with settings of your own",
            "specgd nanogpt train            a small language model with Muon, measured on the way",
            "specgd diagnose FILE            which layers of your network want a spectral step",
            "specgd plot runs/reproduce/fig3 draw again without running",
            "specgd doctor                   what was found on this machine, and what is missing",
        ],
        ["random-feature"] =
        [
            "specgd run random-feature --activation swiglu --steps 200",
            "specgd run random-feature --dim 200 --feature-dim 100 --num-samples 800 --seed 7",
            "specgd run random-feature --specgd-restart-iters 50 500 --method-lr gradient_descent=0.03",
            "specgd run random-feature --json --no-figures | jq '.rows[] | .[\"last loss\"]'",
        ],
        ["sparse-regression"] =
        [
            "specgd run sparse-regression --optimizer muon adamw adaptive --steps 200",
            "specgd run sparse-regression --activation swiglu --method-lr gradient_descent=0.01 specgd=0.025 --optimizer adaptive",
        ],
        ["bench"] =
        [
            "specgd bench kernel                      the spectral routines, attention and the loss, beside their floors",
            "specgd bench sparse-regression-swiglu    one whole experiment",
            "specgd bench memory nano                 the most memory that it takes, beside what must live",
            "specgd bench scaling --output scaling    how times grow with sizes, as a figure with fitted exponents",
        ],
        ["one-step"] =
        [
            "specgd run one-step --models random-feature --seeds 0 1 2 3 4",
            "specgd run one-step --models four-layer --width 512 --four-layer-steps 400",
        ],
        ["adaptive-comparison"] =
        [
            "specgd run adaptive-comparison --settings features-relu features-swiglu --seeds 10",
            "specgd run adaptive-comparison --settings sparse-swiglu-512 --most-steps 50 --adaptive-hysteresis 1.5",
        ],
        ["train"] =
        [
            "specgd nanogpt train                                       a tiny model on the embedded sample text, seconds",
            "specgd nanogpt train --text book.txt --preset nano --optimizer adam",
            "specgd nanogpt train --preset 124M --length 1024 --sequences 4 --dry-run   what it would take",
            "mpirun -n 4 specgd nanogpt train --preset nano             by four ranks together (docs/scaling.md)",
            "specgd nanogpt train --data data/web --epochs 1 --init-from weights.safetensors",
            "specgd nanogpt train --data data/books --align-documents false --epochs 2   long documents, read to their ends",
        ],
        ["scaling"] =
        [
            "specgd nanogpt scaling --preset 124M                            1, 8, 64 and 512 machines like this one, 10 Gbit/s",
            "specgd nanogpt scaling --preset 124M --ranks 16 --gflops 2000 --gbit 100 --latency 5",
            "mpirun -n 2 specgd nanogpt scaling --preset nano --measure      bandwidth, latency and overlap between these ranks",
        ],
        ["eval"] =
        [
            "specgd nanogpt eval runs/nanogpt-nano-muon-relu_square-0 --text book.txt",
            "specgd nanogpt eval weights.safetensors --data data/web --sequences 0 --json | jq .loss",
        ],
        ["generate"] =
        [
            "specgd nanogpt generate runs/nanogpt-nano-muon-relu_square-0 --prompt 'Once upon' --tokens 500",
            "specgd nanogpt generate weights.safetensors --temperature 0 --json | jq -r .text",
        ],
        ["export"] =
        [
            "specgd nanogpt export runs/nanogpt-nano-muon-relu_square-0 --output nano.safetensors",
        ],
        ["plot"] =
        [
            "specgd plot runs/reproduce/fig3",
            "specgd nanogpt plot runs/nanogpt-tiny-muon-relu_square-0           every figure of one run, and what must be seen",
            "specgd nanogpt plot runs/muon runs/adam --output runs/compared     losses of several runs in one figure",
        ],
        ["diagnose"] =
        [
            "specgd diagnose step100.safetensors                        the table; python/specgd_capture.py writes the file",
            "specgd diagnose step*.safetensors --output diagnosis       report.html, figures, CSV, parameter groups to paste",
            "specgd diagnose step100.safetensors --json | jq '.layers[] | select(.verdict == \"euclidean\") | .name'",
            "specgd diagnose step100.npz --output d --spectra 'blocks.0.*'",
        ],
        ["reproduce"] =
        [
            "specgd reproduce --list         the figures, and what each must show",
            "specgd reproduce fig3 fig11     two of them",
            "specgd reproduce fig2 fig5 --data data/books    the language model on token shards of your own",
        ],
        ["sweep"] =
        [
            "specgd sweep fair-comparison --quick             GD and SpecGD each at its best step size, small",
            "specgd sweep fair-comparison --show >mine.json   a sweep file to start from",
            "specgd sweep mine.json --workers 8 --memory-limit 4G",
            "specgd sweep mine.json --engine slurm --partition cpu --time 2:00:00 --dry-run",
        ],
        ["results"] =
        [
            "specgd sweep results runs/sweeps/mine",
            "specgd sweep results runs/sweeps/mine --x dim --y loss.final --by activation --where method=specgd",
        ],
        ["tokenize"] =
        [
            "specgd data tokenize books/ --output data/books                    one document a file, every byte a token",
            "specgd data tokenize web.jsonl.gz --tokenizer gpt2 --vocabulary gpt2/ --output data/web",
        ],
        ["inspect"] =
        [
            "specgd data inspect data/web",
            "specgd data inspect 'data/*_val_*.bin' --json | jq .all.st",
        ],
        ["sample"] =
        [
            "specgd data sample --megabytes 20 --output data/sample",
        ],
        ["survival"] =
        [
            "specgd verify survival                                     every moment of every write, and as many random ones",
            "specgd verify survival --kills 60 --verbs \"nanogpt train\" sweep",
        ],
        ["fuzz"] =
        [
            "specgd verify fuzz                                         a million damaged files over all parsers",
            "specgd verify fuzz --inputs 100000 --parser npz --seed 7",
        ],
        ["fetch"] =
        [
            "specgd data fetch fineweb10B --shards 8 --output data/fineweb10B   enough for the NanoGPT run, 1.8 GB",
        ],
    };

    /// <summary>Help is given whatever else is missing on the line.</summary>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int code = PageUnderItsName(parseResult);
        var command = parseResult.CommandResult.Command;
        if (Examples.TryGetValue(command is RootCommand ? "specgd" : command.Name, out var lines))
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (string line in lines)
                output.WriteLine($"  {line}");
            output.WriteLine();
        }
        return code;
    }

    /// <summary>The page names the program after the assembly, which is not what one types.</summary>
    private int PageUnderItsName(ParseResult parseResult)
    {
        var configuration = parseResult.InvocationConfiguration;
        var output = configuration.Output;
        using var text = new StringWriter();
        configuration.Output = text;
        int code = page.Invoke(parseResult);
        configuration.Output = output;
        output.Write(text.ToString().Replace(RootCommand.ExecutableName, "specgd", StringComparison.Ordinal));
        return code;
    }
}
