namespace SpecGD.Cli;

/// <summary>The examples of help pages, by the full path of their command. A test parses each with its own command.</summary>
internal static class HelpExamples
{
    /// <summary>Columns of a line with its remark beside it; longer ones have it above.</summary>
    private const int Width = 78;

    /// <summary>An experiment without examples in the table below has its plain ones.</summary>
    private const string Run = "specgd run ";

    /// <summary>What one types.</summary>
    /// <param name="Command">The command.</param>
    /// <param name="Remark">What it does; may be empty.</param>
    internal readonly record struct Example(string Command, string Remark = "");

    /// <summary>All, by command.</summary>
    internal static IReadOnlyDictionary<string, Example[]> All { get; } = new Dictionary<string, Example[]>
    {
        ["specgd"] =
        [
            new("specgd reproduce fig3", "the paper's Figure 3, checked against the paper"),
            new("specgd run random-feature", "the same experiment with your settings"),
            new("specgd nanogpt train", "a small language model with Muon, measured"),
            new("specgd diagnose step100.safetensors", "which layers want a spectral step"),
            new("specgd plot runs/reproduce/fig3", "draw again without running"),
            new("specgd doctor", "what was found on this machine"),
        ],
        ["specgd run"] = [new("specgd run random-feature"), new("specgd run sparse-regression --optimizer muon adamw --output runs/four")],
        ["specgd run random-feature"] =
        [
            new("specgd run random-feature --activation swiglu --steps 200"),
            new("specgd run random-feature --dim 200 --feature-dim 100 --num-samples 800"),
            new("specgd run random-feature --specgd-restart-iters 50 500 --seed 7"),
            new("specgd run random-feature --method-lr gradient_descent=0.03"),
            new("specgd run random-feature --json --no-figures | jq '.rows[]'"),
        ],
        ["specgd run sparse-regression"] =
        [
            new("specgd run sparse-regression --optimizer muon adamw adaptive --steps 200"),
            new("specgd run sparse-regression --activation swiglu --method-lr specgd=0.025"),
        ],
        ["specgd run theory"] = [new("specgd run theory", "every statement"), new("specgd run theory --output runs/theory --json")],
        ["specgd run nsr-table"] = [new("specgd run nsr-table --output runs/nsr")],
        ["specgd run batch-size-sweep"] = [new("specgd run batch-size-sweep --seed 3 --output runs/batches")],
        ["specgd run nuclear-rank-growth"] = [new("specgd run nuclear-rank-growth --output runs/growth")],
        ["specgd run stable-rank-sweep"] = [new("specgd run stable-rank-sweep --output runs/lambdas --keep-frames")],
        ["specgd run relu-spectrum"] = [new("specgd run relu-spectrum --dims 50 100 200")],
        ["specgd run one-step"] =
        [
            new("specgd run one-step --models random-feature --seeds 0 1 2 3 4"),
            new("specgd run one-step --models four-layer --width 512 --four-layer-steps 400"),
        ],
        ["specgd run adaptive-comparison"] =
        [
            new("specgd run adaptive-comparison --settings features-relu --seeds 10"),
            new("specgd run adaptive-comparison --settings sparse-swiglu-512 --most-steps 50"),
        ],
        ["specgd reproduce"] =
        [
            new("specgd reproduce --list", "the figures, and what each must show"),
            new("specgd reproduce fig3 fig11", "two of them"),
            new("specgd reproduce --quick", "all of them, smaller"),
            new("specgd reproduce fig2 fig5 --data data/books", "on token shards of your own"),
        ],
        ["specgd plot"] = [new("specgd plot runs/reproduce/fig3"), new("specgd plot logs/UUID.json --output figures", "a log of the authors' scripts")],
        ["specgd sweep"] =
        [
            new("specgd sweep fair-comparison --quick", "GD and SpecGD, each at its best step"),
            new("specgd sweep fair-comparison --show >mine.json", "a file to start from"),
            new("specgd sweep mine.json --workers 8 --memory-limit 4G"),
            new("specgd sweep mine.json --engine slurm --partition cpu --dry-run"),
        ],
        ["specgd sweep status"] = [new("specgd sweep status runs/sweeps/mine"), new("specgd sweep status runs/sweeps/mine --json | jq .counts")],
        ["specgd sweep results"] =
        [
            new("specgd sweep results runs/sweeps/mine"),
            new("specgd sweep results runs/sweeps/mine --x dim --y loss.final --by activation"),
            new("specgd sweep results runs/mine --x dim --y loss.min --where method=specgd"),
        ],
        ["specgd sweep retry"] = [new("specgd sweep retry runs/sweeps/mine --workers 2")],
        ["specgd sweep export"] =
        [
            new("specgd sweep export runs/sweeps/mine >mine.csv", "every series of every task"),
            new("specgd sweep export runs/sweeps/mine --series loss --format json"),
            new("specgd sweep export runs/sweeps/mine --long --output mine.csv", "every number that was recorded, a row for each step"),
        ],
        ["specgd gallery"] = [new("specgd gallery data"), new("specgd gallery report runs/sweeps/gallery-quick")],
        ["specgd gallery data"] = [new("specgd gallery data", "once; 28 MB, and 16 MB of it stay")],
        ["specgd gallery report"] =
        [
            new("specgd gallery report runs/sweeps/gallery"),
            new("specgd gallery report --csv docs/data/gallery --page docs/gallery.md"),
        ],
        ["specgd run gallery"] =
        [
            new("specgd run gallery --network vit --arm diagnosis"),
            new("specgd run gallery --arm single --layer fc2 --learning-rate 0.01"),
        ],
        ["specgd data"] = [new("specgd data sample --megabytes 20 --output data/sample"), new("specgd data inspect data/sample")],
        ["specgd data tokenize"] =
        [
            new("specgd data tokenize books/ --output data/books", "one document a file, a token a byte"),
            new("specgd data tokenize fineweb.parquet --tokenizer gpt2 --output data/fineweb"),
        ],
        ["specgd data inspect"] =
        [
            new("specgd data inspect data/web"),
            new("specgd data inspect 'data/*/*_val_*.bin' --json | jq .all.st"),
        ],
        ["specgd data sample"] = [new("specgd data sample --megabytes 20 --output data/sample")],
        ["specgd data fetch"] = [new("specgd data fetch fineweb10B --shards 8 --output data/fineweb10B", "1.8 GB, enough for the NanoGPT run")],
        ["specgd nanogpt"] = [new("specgd nanogpt train --text book.txt --output runs/book"), new("specgd nanogpt generate runs/book --prompt 'It was'")],
        ["specgd nanogpt train"] =
        [
            new("specgd nanogpt train", "a tiny model on the sample text, seconds"),
            new("specgd nanogpt train --text book.txt --preset nano --optimizer adam"),
            new("specgd nanogpt train --data data/books --preset nano --epochs 2"),
            new("specgd nanogpt train --preset 124M --length 1024 --sequences 4 --dry-run", "what it would take"),
            new("specgd nanogpt train --data data/web --init-from weights.safetensors"),
            new("mpirun -n 4 specgd nanogpt train --preset nano", "by four ranks (docs/scaling.md)"),
        ],
        ["specgd nanogpt scaling"] =
        [
            new("specgd nanogpt scaling --preset 124M", "1 to 512 machines like this one"),
            new("specgd nanogpt scaling --preset 124M --ranks 16 --gflops 2000 --gbit 100"),
            new("mpirun -n 2 specgd nanogpt scaling --preset nano --measure", "constants of these ranks"),
        ],
        ["specgd nanogpt eval"] =
        [
            new("specgd nanogpt eval runs/book --text book.txt"),
            new("specgd nanogpt eval weights.safetensors --data data/web --sequences 0 --json"),
        ],
        ["specgd nanogpt generate"] =
        [
            new("specgd nanogpt generate runs/book --prompt 'Once upon' --tokens 500"),
            new("specgd nanogpt generate weights.safetensors --temperature 0 --json"),
        ],
        ["specgd nanogpt export"] = [new("specgd nanogpt export runs/book --output book.safetensors")],
        ["specgd nanogpt plot"] =
        [
            new("specgd nanogpt plot runs/book", "every figure, and what must be seen"),
            new("specgd nanogpt plot runs/muon runs/adam --output runs/compared", "losses of two runs"),
        ],
        ["specgd nanogpt verify"] = [new("specgd nanogpt verify tests/golden/nanogpt_8x32")],
        ["specgd diagnose"] =
        [
            new("specgd diagnose step100.safetensors", "python/specgd_capture.py writes the file"),
            new("specgd diagnose step*.safetensors --output diagnosis", "report, figures, groups to paste"),
            new("specgd diagnose step100.safetensors --json | jq '.layers[].verdict'"),
            new("specgd diagnose step100.npz --output d --spectra 'blocks.0.*'"),
            new("specgd diagnose step100.safetensors --optimizer optimizer.json", "what is on Muon and should not be, what is missed"),
        ],
        ["specgd verify"] = [new("specgd verify golden"), new("specgd verify survival --kills 60")],
        ["specgd verify golden"] = [new("specgd verify golden", "the authors' own runs again")],
        ["specgd verify survival"] =
        [
            new("specgd verify survival", "every moment of every write, and random ones"),
            new("specgd verify survival --kills 60 --verbs \"nanogpt train\" sweep"),
        ],
        ["specgd verify fuzz"] =
        [
            new("specgd verify fuzz", "a million damaged files over all parsers"),
            new("specgd verify fuzz --inputs 100000 --parser npz --seed 7"),
        ],
        ["specgd verify memory"] =
        [
            new("specgd verify memory", "half a minute of every routine"),
            new("specgd verify memory --seconds 300 --json", "for longer, for a program"),
        ],
        ["specgd bench"] =
        [
            new("specgd bench kernel", "spectral routines"),
            new("specgd bench sparse-regression-swiglu", "one whole experiment"),
        ],
        ["specgd bench memory"] = [new("specgd bench memory nano", "the most memory that it takes")],
        ["specgd bench scaling"] = [new("specgd bench scaling threads-product --output scaling", "times against threads, and a figure")],
        ["specgd docs"] = [new("specgd docs > docs/commands.md")],
        ["specgd doctor"] = [new("specgd doctor"), new("specgd doctor --json")],
    };

    /// <summary>The examples of a command.</summary>
    /// <param name="path">Its full path, from "specgd" on.</param>
    public static IReadOnlyList<Example> Of(string path) => All.TryGetValue(path, out var examples) ? examples
        : path.StartsWith(Run, StringComparison.Ordinal) ? [new(path), new($"{path} --output runs/{path[Run.Length..]}")]
        : [];

    /// <summary>The lines of an example: the remark behind the command, or above it where the two are too long for one line.</summary>
    public static IEnumerable<string> Lines(Example example)
    {
        const int column = 48;
        string beside = example.Command.PadRight(column) + " # " + example.Remark;
        return example.Remark.Length == 0 ? [example.Command]
            : beside.Length <= Width && example.Command.Length <= column ? [beside]
            : [$"# {example.Remark}", example.Command];
    }
}
