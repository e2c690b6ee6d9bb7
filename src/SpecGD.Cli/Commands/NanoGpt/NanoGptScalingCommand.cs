using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Cli.Display;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Numerics;
using SpecGD.Numerics.Communication;
using SpecGD.Training;
using SpecGD.Training.Gpt;

namespace SpecGD.Cli.Commands.NanoGpt;

/// <summary><c>specgd nanogpt scaling</c>: how long a step takes on many machines, by a model whose constants are given or measured.</summary>
internal static class NanoGptScalingCommand
{
    /// <summary>10 Gbit/s, and what a message takes through a switch and two kernels.</summary>
    private const double DefaultGigabits = 10, DefaultMicroseconds = 30;

    /// <summary>Numbers in the long exchange that is measured: 64 MB, several messages of a training.</summary>
    private const int MeasuredElements = 1 << 24;

    private static readonly int[] DefaultRanks = [1, 8, 64, 512];

    public static Command Build()
    {
        var command = new Command(
            "scaling",
            "Tell what training on several machines exchanges and how long a step will take, by a model (docs/scaling.md): ranks with one rate of products, "
            + "one bandwidth and one latency. Under mpirun, --measure takes the constants from the ranks themselves.");
        var settings = new SettingOptions(command, typeof(NanoGptOptions));
        var ranks = new Option<int[]>("--ranks")
        {
            Description = $"numbers of machines (default {string.Join(' ', DefaultRanks)})",
            HelpName = "R",
            AllowMultipleArgumentsPerToken = true,
        };
        var gigaflops = new Option<double?>("--gflops") { Description = "a rank's products in training, in GFLOP/s (default: measured now)", HelpName = "RATE" };
        var gigabits = new Option<double?>("--gbit") { Description = $"bandwidth of a rank, in Gbit/s (default {DefaultGigabits})", HelpName = "RATE" };
        var microseconds = new Option<double?>("--latency") { Description = $"of a message, in µs (default {DefaultMicroseconds})", HelpName = "TIME" };
        var measure = new Option<bool>("--measure") { Description = "under mpirun: measure bandwidth and latency, and short trainings with and without overlap" };
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        foreach (Option option in new Option[] { ranks, gigaflops, gigabits, microseconds, measure, json })
            command.Options.Add(option);
        command.SetAction(parsed => RankSession.Run(collective =>
        {
            var options = collective.Agree(() => (NanoGptOptions)settings.Resolve(parsed));
            var asked = new Asked(parsed.GetValue(ranks), parsed.GetValue(gigaflops), parsed.GetValue(gigabits), parsed.GetValue(microseconds));
            bool measured = parsed.GetValue(measure);
            collective.Agree(() => asked.Require(measured, collective.Size));
            var cluster = asked.Constants(collective, measured ? LinkRate.Measure(collective, MeasuredElements, TimeProvider.System) : null);
            OverlapTrial[] trials = measured ? [OverlapTrial.Run(options, collective, overlaps: false), OverlapTrial.Run(options, collective, overlaps: true)] : [];
            if (collective.Rank > 0)
                return ExitCode.Done;
            int[] numbers = asked.Ranks is { Length: > 0 } given ? given : measured ? [1, collective.Size] : DefaultRanks;
            var points = numbers.Select(r => GptScaling.Of(options.Shape(), options.Plan(), options.Routing(), options.SequencesPerStep, r, cluster)).ToArray();
            if (parsed.GetValue(json))
                SummaryView.PrintJson(Json(cluster, points, trials));
            else
                Print(cluster, points, trials);
            return ExitCode.Done;
        }));
        return command;
    }

    private static void Print(ClusterConstants cluster, GptScaling[] points, OverlapTrial[] trials)
    {
        Terminal.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"A rank multiplies {cluster.OperationsPerSecond / 1e9:0.#} GFLOP/s and sends {cluster.BytesPerSecond * 8 / 1e9:0.##} Gbit/s; "
            + $"a message takes {cluster.SecondsPerMessage * 1e6:0.#} µs."));
        SummaryView.PrintTable("A step, in seconds", [.. points.Select(point => Row(point, points[0]))]);
        Terminal.Say("exchange: gradients to the ranks that update with them, and the updates to all; hidden: behind the last backward pass.");
        Terminal.Say("efficiency: tokens/s a rank, beside those of the first line. Elementwise work, validation and checkpoints are not counted.");
        if (trials.Length > 0)
            SummaryView.PrintTable($"Measured: {Counted.Of(OverlapTrial.Steps, "step")} on these {Counted.Of(trials[0].Ranks, "rank")}, seconds a step", [.. trials.Select(trial => trial.ToRow())]);
    }

    private static JsonObject Row(GptScaling point, GptScaling first) => new()
    {
        ["ranks"] = point.Ranks,
        ["sequences"] = point.Sequences,
        ["sent"] = Megabytes(point.BytesPerStep),
        ["compute"] = Rounded(point.Compute),
        ["update"] = Rounded(point.Update),
        ["exchange"] = Rounded(point.GradientExchange + point.UpdateExchange),
        ["hidden"] = Rounded(point.Hidden),
        ["step"] = Rounded(point.Step),
        ["tokens/s"] = Math.Round(point.TokensPerSecond),
        ["efficiency"] = (point.TokensPerSecond / point.Ranks / (first.TokensPerSecond / first.Ranks)).ToString("0%", CultureInfo.InvariantCulture),
        ["bound by"] = point.IsBoundByNetwork ? "network" : "products",
    };

    private static JsonObject Json(ClusterConstants cluster, GptScaling[] points, OverlapTrial[] trials) => new()
    {
        ["operations_per_second"] = cluster.OperationsPerSecond,
        ["bytes_per_second"] = cluster.BytesPerSecond,
        ["seconds_per_message"] = cluster.SecondsPerMessage,
        ["threads"] = ThreadBudget.Total,
        ["steps"] = new JsonArray([.. points.Select(point => (JsonNode)new JsonObject
        {
            ["ranks"] = point.Ranks,
            ["sequences"] = point.Sequences,
            ["tokens"] = point.TokensPerStep,
            ["bytes_sent_by_a_rank"] = point.BytesPerStep,
            ["bytes_sent_for_a_look_of_the_tracker"] = point.BytesPerLook,
            ["compute_seconds"] = point.Compute,
            ["update_seconds"] = point.Update,
            ["gradient_exchange_seconds"] = point.GradientExchange,
            ["update_exchange_seconds"] = point.UpdateExchange,
            ["hidden_seconds"] = point.Hidden,
            ["step_seconds"] = point.Step,
            ["tokens_per_second"] = point.TokensPerSecond,
            ["bound_by_network"] = point.IsBoundByNetwork,
        })]),
        ["measured"] = new JsonArray([.. trials.Select(trial => (JsonNode)trial.ToRow())]),
    };

    private static double Rounded(double seconds) => double.Parse(seconds.ToString("G3", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Megabytes(double bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e6:0.#} MB");

    /// <summary>The constants as they were asked for.</summary>
    private sealed record Asked(int[]? Ranks, double? Gigaflops, double? Gigabits, double? Microseconds)
    {
        /// <summary>What was asked for, else what was measured between ranks, else the defaults; the rate of products measured now.</summary>
        public ClusterConstants Constants(ICollective collective, LinkRate? link) => new(
            1e9 * (Gigaflops ?? SlowestRate(collective)),
            Gigabits * 1e9 / 8 ?? link?.BytesPerSecond ?? DefaultGigabits * 1e9 / 8,
            Microseconds * 1e-6 ?? link?.SecondsPerMessage ?? DefaultMicroseconds * 1e-6);

        public void Require(bool measured, int size)
        {
            if (measured && size < 2)
                throw new BadInputException("--measure needs ranks to measure between: start it as 'mpirun -n 2 specgd nanogpt scaling --measure', with two or more.");
            if (Ranks?.Any(r => r is < 1 or > 1_000_000) == true)
                throw new BadInputException("--ranks takes whole numbers from 1 to 1000000.");
            foreach (var (name, value) in new[] { ("--gflops", Gigaflops), ("--gbit", Gigabits), ("--latency", Microseconds) })
                if (value is { } number && (!double.IsFinite(number) || number < 0 || (number == 0 && name != "--latency")))
                    throw new BadInputException($"{name} takes a positive number; {number.ToString(CultureInfo.InvariantCulture)} is none.");
        }

        /// <summary>The rate of the slowest rank in GFLOP/s, all at work at the same time.</summary>
        private static double SlowestRate(ICollective collective) => collective.All(NanoGptForecast.MeasureRate(TimeProvider.System) / 1e9).Min();
    }
}
