using System.CommandLine;
using System.Text.Json.Nodes;
using SpecGD.Cli.Display;
using SpecGD.Experiments;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Figures.Report;
using SpecGD.Records;
using SpecGD.Reproduction;

namespace SpecGD.Cli.Commands;

/// <summary><c>specgd reproduce [FIGURE…]</c>: figures of the paper with its settings, checked against what the paper says must be seen.</summary>
internal static class ReproduceCommand
{
    public static Command Build()
    {
        var figures = new Argument<string[]>("FIGURE")
        {
            Description = "figures to make, as --list names them; all where none is named",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var list = new Option<bool>("--list") { Description = "list the figures, with --verbose what each must show; run nothing" };
        var quick = new Option<bool>("--quick")
        {
            Description = "smaller settings that show the same effects, all figures in under 90 s on two processors",
        };
        var output = new Option<string?>("--output")
        {
            Description = "folder for the run folders (default runs/reproduce, with --quick runs/reproduce-quick)",
            HelpName = "DIR",
        };
        var data = new Option<string?>("--data")
        {
            Description = "token shards, as 'specgd data' makes them, for the figures of the language model (default: the embedded sample text)",
            HelpName = "DIR",
        };
        var fresh = RunSession.FreshOption();
        var json = new Option<bool>("--json") { Description = "print every claim as JSON" };
        var verbose = new Option<bool>("--verbose") { Description = "print the table of every run and of all claims" };
        var command = new Command(
            Name,
            "Make figures of the paper with its own settings and check them against it; exit code 1 if a check fails.")
        {
            figures,
            list,
            quick,
            output,
            data,
            fresh,
            verbose,
            json,
        };
        var drawing = new DrawingOptions(command, "run and check, draw nothing");
        command.SetAction(parsed =>
        {
            Interruption.Heed();
            var named = (parsed.GetValue(figures) ?? []).SelectMany(PaperFigureCatalog.Named).Distinct().ToArray();
            var chosen = named.Length > 0 ? named : PaperFigureCatalog.All;
            if (parsed.GetValue(list))
                return List(chosen, claims: parsed.GetValue(verbose), parsed.GetValue(json));
            bool isQuick = parsed.GetValue(quick);
            string directory = parsed.GetValue(output) ?? Path.Combine("runs", isQuick ? "reproduce-quick" : "reproduce");
            var request = new RunSession.Request(directory, drawing.Of(parsed), Fresh: parsed.GetValue(fresh)) {
                Style = drawing.StyleOf(parsed),
                IsBrief = !parsed.GetValue(verbose),
            };
            return Reproduce(new Wish(chosen, isQuick, PlaceOf(parsed.GetValue(data), chosen, isQuick)), request, parsed.GetValue(json));
        });
        return command;
    }

    /// <summary>The name of the verb.</summary>
    public const string Name = "reproduce";

    private static int List(IReadOnlyList<PaperFigure> figures, bool claims, bool asJson)
    {
        if (asJson)
            SummaryView.PrintJson(new JsonArray([.. figures.SelectMany(ClaimsOf)]));
        else
            foreach (var group in figures.GroupBy(figure => figure.IsOurs).OrderBy(group => group.Key))
                SummaryView.PrintTable(group.Key ? "Of our own, beside the paper's" : "Figures and tables of the paper",
                    claims ? [.. group.SelectMany(ClaimsOf)] : [.. group.Select(Line)]);
        if (!claims && !asJson)
            Terminal.Say("--verbose lists what each must show.");
        return ExitCode.Done;
    }

    private static JsonObject Line(PaperFigure figure) => new() { ["figure"] = figure.Id, ["title"] = figure.Title, ["claims"] = figure.Claims.Count };

    private static IEnumerable<JsonObject> ClaimsOf(PaperFigure figure) => figure.Claims.Select(claim => new JsonObject
    {
        ["figure"] = figure.Id,
        ["title"] = figure.Title,
        ["figure of"] = ReproductionView.KindOf(figure.IsOurs ? ClaimKind.Ours : ClaimKind.Paper),
        ["must show"] = claim.Statement,
        ["claim of"] = ReproductionView.KindOf(claim.Kind),
    });

    /// <summary>The full path of the data, so that the run is the same wherever the command is given again; looked at before any work.</summary>
    private static string? PlaceOf(string? data, IReadOnlyList<PaperFigure> figures, bool isQuick)
    {
        if (data is null)
            return null;
        if (!figures.Any(figure => figure.Options is ITrainsOnTokens))
            throw new BadInputException("--data is for the figures of the language model, and none of them is to be made.");
        string place = Path.GetFullPath(data);
        foreach (var trains in figures.Select(figure => isQuick ? figure.QuickOptions : figure.Options).OfType<ITrainsOnTokens>().Distinct())
            ((ITrainsOnTokens)trains.On(place)).RequireTokens();
        return place;
    }

    private static int Reproduce(Wish wish, RunSession.Request request, bool asJson)
    {
        var (figures, quick, interruption) = (wish.Figures, wish.Quick, Interruption.Heed());
        foreach (var figure in figures.DistinctBy(f => f.Folder)) // all of them before the first is computed
            wish.HoldingOf(figure, request.Directory).Require(request.Fresh);
        RequireItsReport(wish, request);
        RunHolding.RequireFolderOfRuns(request.Directory, PaperFigureCatalog.All.Select(figure => figure.Folder));
        RunFolder.Prepare(request.Directory);
        long begin = TimeProvider.System.GetTimestamp();
        var reproduced = new List<ReproducedFigure>();
        var runs = new Dictionary<string, RunRecord>(); // by folder: figures of one run share it
        var makers = new Dictionary<string, string>();
        bool wasThere = false;
        string? missing = null;
        int code = ExitCode.Done, folders = figures.DistinctBy(f => f.Folder).Count();
        foreach (var figure in figures)
        {
            if (!runs.TryGetValue(figure.Folder, out var run))
            {
                if (interruption.IsRequested)
                {
                    code = interruption.ExitCode;
                    break;
                }
                if (!request.IsBrief || asJson)
                    Terminal.Remark($"{figure.Id} ({runs.Count + 1} of {folders}): {figure.Title}");
                (code, run, wasThere, missing) = Run(figure, wish, request, asJson);
                runs.Add(figure.Folder, run);
                makers.Add(figure.Folder, figure.Id);
            }
            reproduced.Add(ReproducedFigure.Of(figure, run));
            string maker = makers[figure.Folder];
            if (!asJson)
                ReproductionView.PrintLine(reproduced[^1], maker == figure.Id ? null : maker, wasThere);
            RunSession.SayAfterword(missing);
            if (code != ExitCode.Done)
                break;
        }
        if (code == ExitCode.Done && reproduced.SelectMany(figure => figure.Claims).Any(claim => claim.Finding is not ({ Holds: true } or { IsUndecided: true })))
            code = ExitCode.Failed;
        if (interruption.IsRequested && figures.Count > reproduced.Count)
            Terminal.Remark($"stopped: {Sentence.List([.. figures.Skip(reproduced.Count).Select(figure => figure.Id)])} {Counted.Noun(figures.Count - reproduced.Count, "was")} not begun; "
                + $"the same command makes {Counted.Noun(figures.Count - reproduced.Count, "it")}.");
        string report = Path.Combine(request.Directory, RunFolder.ReportName);
        var (told, all) = WithThoseThere(reproduced, wish, request.Directory);
        if (told.Count > 0)
            HtmlReport.Write(ReproductionReport.Of(told, CommandFor(all), quick), report);
        if (asJson)
            SummaryView.PrintJson(new JsonArray([.. reproduced.SelectMany(RowsOf)]));
        else if (code is ExitCode.Done or ExitCode.Failed)
        {
            if (!request.IsBrief)
                SummaryView.PrintTable("Claims and what was measured", [.. reproduced.SelectMany(VerdictsOf)]);
            ReproductionView.PrintSummary(reproduced, TimeProvider.System.GetElapsedTime(begin), report, tables: !request.IsBrief);
        }
        return code;
    }

    /// <summary>Refuses a folder whose report is of figures with the other settings, quick or the paper's: it would be replaced by one without them.</summary>
    private static void RequireItsReport(Wish wish, RunSession.Request request)
    {
        var other = wish with { Quick = !wish.Quick };
        bool isOthers = !request.Fresh && File.Exists(Path.Combine(request.Directory, RunFolder.ReportName)) && PaperFigureCatalog.All.Any(figure =>
            wish.HoldingOf(figure, request.Directory).Run != HeldRun.Same
            && other.HoldingOf(figure, request.Directory) is { Run: HeldRun.Same, Status: RunStatus.Finished });
        if (isOthers)
            throw new BadInputException($"{request.Directory} holds figures and the report of 'specgd {Name}{(other.Quick ? " --quick" : "")}', and this command would replace the report "
                + "by one of other settings; --output names another folder.");
    }

    /// <summary>
    /// The figures for the report: those just made, and those of the same settings whose finished runs the folder holds from before, so that one figure
    /// made again does not cost the page of all.
    /// </summary>
    private static (IReadOnlyList<ReproducedFigure> Figures, Wish All) WithThoseThere(IReadOnlyList<ReproducedFigure> made, Wish wish, string directory)
    {
        var told = new List<ReproducedFigure>();
        foreach (var figure in PaperFigureCatalog.All)
        {
            if (made.FirstOrDefault(m => m.Id == figure.Id) is { } now)
                told.Add(now);
            else if (wish.HoldingOf(figure, directory) is { Run: HeldRun.Same, Status: RunStatus.Finished })
                told.Add(ReproducedFigure.Of(figure, RunRecord.Read(Path.Combine(directory, figure.Folder))));
        }
        return (told, wish with { Figures = [.. PaperFigureCatalog.All.Where(figure => told.Any(t => t.Id == figure.Id))] });
    }

    private static (int ExitCode, RunRecord Run, bool WasThere, string? Missing) Run(PaperFigure figure, Wish wish, RunSession.Request request, bool asJson)
    {
        var experiment = ExperimentCatalog.Named(figure.Experiment);
        string directory = Path.Combine(request.Directory, figure.Folder);
        var outcome = RunSession.Run(experiment, wish.OptionsOf(figure), request with { Directory = directory }, TimeProvider.System);
        var run = RunRecord.Read(directory);
        if (!asJson && !request.IsBrief && outcome.Result.Status != RunStatus.Interrupted)
            SummaryView.Print($"{figure.Folder}: {figure.Title}", run.Summary);
        return (outcome.ExitCode, run, outcome.WasThere, outcome.Afterword);
    }

    private static string CommandFor(Wish wish) =>
        "specgd reproduce"
        + (wish.Figures.Count < PaperFigureCatalog.All.Count ? " " + string.Join(' ', wish.Figures.Select(f => f.Id)) : "")
        + (wish.Quick ? " --quick" : "")
        + (wish.Data is { } data ? $" --data {data}" : "");

    private static IEnumerable<JsonObject> RowsOf(ReproducedFigure figure) => figure.Claims.Select(claim => new JsonObject
    {
        ["figure"] = figure.Id,
        ["claim"] = claim.Statement,
        ["of"] = ReproductionView.KindOf(claim.Kind),
        ["measured"] = claim.Finding?.Measured,
        ["holds"] = claim.Finding is { IsUndecided: true } ? null : claim.Finding?.Holds,
        ["verdict"] = claim.Verdict.Words,
        ["wall seconds"] = Math.Round(figure.Run.Manifest.WallTime.TotalSeconds, 1),
    });

    /// <summary>The same for people: a verdict says whether a claim holds, and the line of the figure how long it took.</summary>
    private static IEnumerable<JsonObject> VerdictsOf(ReproducedFigure figure) => figure.Claims.Select(claim => new JsonObject
    {
        ["figure"] = figure.Id,
        ["claim"] = claim.Statement,
        ["of"] = ReproductionView.KindOf(claim.Kind),
        ["measured"] = claim.Finding?.Measured,
        ["verdict"] = claim.Verdict.Words,
    });

    /// <summary>What is to be made.</summary>
    /// <param name="Figures">The figures.</param>
    /// <param name="Quick">Whether with the smaller settings.</param>
    /// <param name="Data">Token shards for the language model; null for the sample text.</param>
    private sealed record Wish(IReadOnlyList<PaperFigure> Figures, bool Quick, string? Data)
    {
        /// <summary>What the folder of the figure's run holds.</summary>
        public RunHolding HoldingOf(PaperFigure figure, string directory) => RunHolding.Of(
            Path.Combine(directory, figure.Folder), RunSession.IdentityOf(ExperimentCatalog.Named(figure.Experiment), OptionsOf(figure)));

        /// <summary>The options of the run that makes the figure.</summary>
        public object OptionsOf(PaperFigure figure)
        {
            object options = Quick ? figure.QuickOptions : figure.Options;
            return Data is { } data && options is ITrainsOnTokens trains ? trains.On(data) : options;
        }
    }
}
