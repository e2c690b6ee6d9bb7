using System.Globalization;
using System.Text;
using SpecGD.Records;

namespace SpecGD.Gallery.Analysis;

/// <summary>How one training run ended.</summary>
/// <param name="Network">The network.</param>
/// <param name="Arm">The arm.</param>
/// <param name="Layer">The layer of the arm <c>single</c>; empty for others.</param>
/// <param name="Rate">Peak of the learning rate.</param>
/// <param name="Seed">Seed.</param>
/// <param name="Steps">Steps of the run.</param>
/// <param name="Loss">Validation loss at the end; NaN where it diverged.</param>
/// <param name="Seconds">Wall time.</param>
internal sealed record RunEnd(string Network, string Arm, string Layer, double Rate, int Seed, int Steps, double Loss, double Seconds)
{
    /// <summary>What two runs of the same thing share.</summary>
    public (string, string, string, double, int, int) Key => (Network, Arm, Layer, Rate, Seed, Steps);
}

/// <summary>nr(G) and st(A) of a layer in one run of AdamW.</summary>
/// <param name="Network">The network.</param>
/// <param name="Rate">Peak of the learning rate.</param>
/// <param name="Seed">Seed.</param>
/// <param name="Moment">start, 5 % or 50 %.</param>
/// <param name="Layer">The layer.</param>
/// <param name="Type">Its part of the network.</param>
/// <param name="Out">Rows.</param>
/// <param name="In">Columns.</param>
/// <param name="NuclearRank">nr(G); NaN without a gradient.</param>
/// <param name="StableRank">st(A).</param>
internal sealed record LayerPoint(string Network, double Rate, int Seed, string Moment, string Layer, string Type, long Out, long In, double NuclearRank, double StableRank);

/// <summary>The two tables that the page is made of, as files of comma-separated values: runs.csv and layers.csv.</summary>
internal sealed record GalleryTables(IReadOnlyList<RunEnd> Runs, IReadOnlyList<LayerPoint> Layers)
{
    private const string RunsName = "runs.csv", LayersName = "layers.csv";
    private const string RunsHead = "network,arm,layer,learning_rate,seed,steps,validation_loss,seconds", LayersHead = "network,learning_rate,seed,moment,layer,type,out,in,nuclear_rank,stable_rank";

    /// <summary>No runs.</summary>
    public static GalleryTables Empty { get; } = new([], []);

    /// <summary>The runs of each network that have the most steps: those that were shortened are apart.</summary>
    public IEnumerable<RunEnd> Whole
    {
        get
        {
            var most = Runs.GroupBy(run => run.Network).ToDictionary(network => network.Key, network => network.Max(run => run.Steps));
            return Runs.Where(run => run.Steps == most[run.Network]);
        }
    }

    /// <summary>The finished and diverged runs in a sweep's folder.</summary>
    /// <exception cref="BadInputException">It is no folder of a sweep, or a log in it is damaged.</exception>
    public static GalleryTables OfSweep(string folder)
    {
        string tasks = Path.Combine(folder, "tasks");
        if (!Directory.Exists(tasks))
            throw new BadInputException($"{folder} is no folder of a sweep: it has no folder 'tasks'. 'specgd sweep gallery' makes one.");
        var runs = new List<RunEnd>();
        var layers = new List<LayerPoint>();
        foreach (string task in Directory.EnumerateDirectories(tasks).Order(StringComparer.Ordinal))
        {
            string manifest = Path.Combine(task, RunFolder.ManifestName);
            if (!File.Exists(manifest) || Manifest.Read(manifest) is not { Experiment: GalleryExperiment.ExperimentName, Status: RunStatus.Finished or RunStatus.Diverged } run)
                continue;
            Add(run, RunLogFile.Read(Path.Combine(task, RunFolder.LogName)), runs, layers);
        }
        return new GalleryTables(runs, layers);
    }

    /// <summary>The tables in a folder; empty where it has none.</summary>
    /// <exception cref="BadInputException">A file is no such table.</exception>
    public static GalleryTables Read(string folder) => new(
        [.. Rows(Path.Combine(folder, RunsName), RunsHead).Select(cells => new RunEnd(
            cells[0], cells[1], cells[2], Number(cells[3]), (int)Number(cells[4]), (int)Number(cells[5]), Number(cells[6]), Number(cells[7])))],
        [.. Rows(Path.Combine(folder, LayersName), LayersHead).Select(cells => new LayerPoint(
            cells[0], Number(cells[1]), (int)Number(cells[2]), cells[3], cells[4], cells[5], (long)Number(cells[6]), (long)Number(cells[7]), Number(cells[8]), Number(cells[9])))]);

    /// <summary>These runs, and those of <paramref name="others"/> that are not among them.</summary>
    public GalleryTables With(GalleryTables others)
    {
        var known = Runs.Select(run => run.Key).ToHashSet();
        HashSet<(string, double, int)> seen = [.. Layers.Select(point => (point.Network, point.Rate, point.Seed))];
        return new GalleryTables(
            [.. Runs.Concat(others.Runs.Where(run => !known.Contains(run.Key))).OrderBy(run => run.Network).ThenBy(run => run.Arm).ThenBy(run => run.Layer).ThenBy(run => run.Rate).ThenBy(run => run.Seed)],
            [.. Layers.Concat(others.Layers.Where(point => !seen.Contains((point.Network, point.Rate, point.Seed)))).OrderBy(point => point.Network).ThenBy(point => point.Rate).ThenBy(point => point.Seed)]);
    }

    /// <summary>The rows of some networks.</summary>
    public GalleryTables Of(IReadOnlyCollection<string> networks) =>
        new([.. Runs.Where(run => networks.Contains(run.Network))], [.. Layers.Where(point => networks.Contains(point.Network))]);

    /// <summary>Writes both tables.</summary>
    public void Write(string folder)
    {
        Directory.CreateDirectory(folder);
        AtomicFile.Write(Path.Combine(folder, RunsName), Text(RunsHead, Runs.Select(run => (FormattableString)$"{run.Network},{run.Arm},{run.Layer},{run.Rate:R},{run.Seed},{run.Steps},{run.Loss:R},{run.Seconds:F1}")));
        AtomicFile.Write(Path.Combine(folder, LayersName), Text(
            LayersHead,
            Layers.Select(at => (FormattableString)$"{at.Network},{at.Rate:R},{at.Seed},{at.Moment},{at.Layer},{at.Type},{at.Out},{at.In},{at.NuclearRank:R},{at.StableRank:R}")));
    }

    private static void Add(Manifest run, RunLog log, List<RunEnd> runs, List<LayerPoint> layers)
    {
        string network = log.ConfigText("network")!, arm = log.ConfigText("arm")!;
        double rate = JsonNumber.Of(log.Config["learning_rate"]) ?? double.NaN;
        int seed = (int)(JsonNumber.Of(log.Config["seed"]) ?? 0), steps = (int)(JsonNumber.Of(log.Config["steps"]) ?? 0);
        var losses = log.Methods.TryGetValue(GalleryRun.Method, out var method) ? method.Find(GalleryRun.ValidationLoss) : null;
        bool isWhole = run.Status == RunStatus.Finished && losses is { Count: > 0 };
        runs.Add(new RunEnd(network, arm, log.ConfigText("layer") ?? "", rate, seed, steps, isWhole ? losses!.Values[^1] : double.NaN, run.WallTime.TotalSeconds));
        if (arm != Arms.AdamW)
            return;
        layers.AddRange(log.Rows(GalleryRun.Layers).Select(row => new LayerPoint(
            network, rate, seed, (string)row["moment"]!, (string)row["layer"]!, (string)row["type"]!, (long)JsonNumber.Of(row["out"])!, (long)JsonNumber.Of(row["in"])!,
            JsonNumber.Of(row["nuclear_rank"]) ?? double.NaN, JsonNumber.Of(row["stable_rank"]) ?? double.NaN)));
    }

    private static string Text(string head, IEnumerable<FormattableString> rows) =>
        rows.Aggregate(new StringBuilder(head).Append('\n'), (text, row) => text.Append(row.ToString(CultureInfo.InvariantCulture)).Append('\n')).ToString();

    private static IEnumerable<string[]> Rows(string path, string head)
    {
        if (!File.Exists(path))
            yield break;
        string[] lines = File.ReadAllLines(path);
        if (lines.Length == 0 || lines[0] != head)
            throw new BadInputException($"{path} is no table of the gallery: its first line is not '{head}'.");
        int columns = head.Split(',').Length;
        foreach (var (i, line) in lines.Index().Skip(1))
        {
            string[] cells = line.Split(',');
            yield return cells.Length == columns ? cells : throw new BadInputException(string.Create(CultureInfo.InvariantCulture, $"{path}, line {i + 1}: {columns} columns were expected, not {cells.Length}."));
        }
    }

    private static double Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
        ? value : throw new BadInputException($"'{text}' is no number in a table of the gallery.");
}
