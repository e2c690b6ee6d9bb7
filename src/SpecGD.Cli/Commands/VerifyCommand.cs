using System.CommandLine;
using System.Text.Json.Nodes;
using SpecGD.Cli.Commands.Verify;
using SpecGD.Cli.Display;
using SpecGD.Experiments;
using SpecGD.Records;
using SpecGD.Reproduction.Golden;

namespace SpecGD.Cli.Commands;

/// <summary><c>specgd verify golden</c>: runs the authors' settings and holds every number against theirs.</summary>
internal static class VerifyCommand
{
    public static Command Build()
    {
        var names = new Argument<string[]>("NAME")
        {
            Description = $"which runs to verify; all where none is named: {string.Join(", ", GoldenCase.All.Select(c => c.Name))}",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var brief = new Option<bool>("--short") { Description = "only the first steps of the long runs" };
        var json = new Option<bool>("--json") { Description = "print the result as JSON" };
        var golden = new Command(
            "golden",
            "Run the settings of the authors' published runs and print how far the numbers are from theirs, with what is allowed; "
            + "exit code 1 if one is beyond.")
        {
            names,
            brief,
            json,
        };
        golden.SetAction(parsed =>
        {
            var chosen = (parsed.GetValue(names) ?? []).Select(GoldenCase.Named).Distinct().ToArray();
            return Verify(chosen.Length > 0 ? chosen : GoldenCase.All, parsed.GetValue(brief), parsed.GetValue(json));
        });
        return new Command("verify", "Hold the program to what it promises: its numbers, its survival, its care with bad files and with memory.")
        {
            golden,
            VerifySurvivalCommand.Build(),
            VerifyFuzzCommand.Build(),
            VerifyMemoryCommand.Build(),
        };
    }

    private static int Verify(IReadOnlyList<GoldenCase> cases, bool brief, bool asJson)
    {
        var rows = new List<JsonObject>();
        foreach (var golden in cases)
        {
            Terminal.Remark($"{golden.Name} ({rows.DistinctBy(r => r["run"]!.ToString()).Count() + 1} of {cases.Count})");
            var experiment = ExperimentCatalog.Named(golden.Experiment);
            var (result, exitCode) = RunSession.Compute(experiment, brief ? golden.ShortOptions : golden.Options, KeptWork.None, TimeProvider.System);
            if (result.Status != RunStatus.Finished)
            {
                Terminal.Remark(result.Detail ?? $"{golden.Name} did not finish.");
                return exitCode;
            }
            rows.AddRange(golden.Against(golden.ReadGolden(), result.Log).Findings.Select(finding => Row(golden.Name, finding)));
        }
        if (asJson)
            SummaryView.PrintJson(new JsonArray([.. rows]));
        else
            SummaryView.PrintTable("Golden numbers: the largest deviation of each quantity", rows);
        return rows.Count > 0 && rows.All(r => (bool)r["within"]!) ? ExitCode.Done : ExitCode.Failed;
    }

    private static JsonObject Row(string name, GoldenFinding finding) => new()
    {
        ["run"] = name,
        ["quantity"] = finding.Quantity,
        ["compared"] = finding.Compared,
        ["largest deviation"] = JsonNumber.From(finding.Largest),
        ["allowed"] = finding.Allowed,
        ["unit"] = finding.Unit,
        ["where"] = finding.Place,
        ["within"] = finding.Beyond == 0,
    };
}
