using System.Globalization;
using SpecGD.Records;

namespace SpecGD.Hardening.Survival;

/// <summary>One run that is made to fail once or several times and is then left to end.</summary>
/// <param name="Verb">What runs.</param>
/// <param name="Reference">The run that nobody disturbs.</param>
/// <param name="Kind">How it is made to fail.</param>
/// <param name="Moments">When, as parts of the time that the reference took.</param>
/// <param name="Points">At which moments of writes.</param>
internal sealed record Trial(SurvivalCase Verb, Reference Reference, FaultKind Kind, IReadOnlyList<double> Moments, IReadOnlyList<int> Points)
{
    /// <summary>The part of a run before which the program only starts.</summary>
    private const double Start = 0.15;

    /// <summary>What came of it.</summary>
    public sealed record Outcome(FaultKind Kind, int Faults, IReadOnlyList<int> Points, bool Resumed, IReadOnlyList<string> Failures);

    /// <summary>Runs it in a folder of its own.</summary>
    public async Task<Outcome> RunAsync(VictimProcess victim, string folder, bool inPlace)
    {
        var arguments = Verb.Arguments(Reference.Inputs, folder);
        var failures = new List<string>();
        var met = new List<int>();
        var before = FolderState.Of(folder);
        int faults = 0;
        for (int i = 0; i < Math.Max(Moments.Count, Points.Count); i++)
        {
            var end = await FailAsync(victim, arguments, i, inPlace).ConfigureAwait(false);
            bool wasDone = IsDone(end); // before the fault came
            faults += wasDone ? 0 : 1;
            if (!wasDone && Points.Count > i)
                met.Add(Points[i]);
            if (!wasDone && Kind == FaultKind.FullDisk)
                failures.AddRange(Unexplained(end));
            var now = FolderState.Of(folder);
            failures.AddRange(now.HalfWritten);
            failures.AddRange(now.LostSince(before));
            before = now;
            if (wasDone)
                break;
        }
        bool whole = await EndAsync(victim, arguments, folder, before, failures).ConfigureAwait(false);
        var moments = Points.Count > 0 ? Points.Select(p => $"point {p}") : Moments.Select(m => m.ToString("0.000", CultureInfo.InvariantCulture));
        string where = $"{Verb.Name}, {Kind} at {string.Join(" and ", moments)}";
        return new Outcome(Kind, faults, met, whole, [.. failures.Select(f => $"{where}: {f}")]);
    }

    private Task<VictimEnd> FailAsync(VictimProcess victim, IReadOnlyList<string> arguments, int index, bool inPlace) => Kind switch
    {
        FaultKind.RandomKill => victim.RunAsync(
            arguments, inPlace ? FaultPoints.InPlace : null, Reference.Duration * (Start + ((1 - Start) * Moments[index]))),
        FaultKind.PointKill => victim.RunAsync(arguments, FaultPoints.Value(FaultPoints.Kill, Points[index], inPlace)),
        _ => victim.RunAsync(arguments, FaultPoints.Value(FaultPoints.Full, Points[index], inPlace)),
    };

    /// <summary>A full disk is told in one sentence and exit code 1; a sweep tells of it task by task.</summary>
    private IEnumerable<string> Unexplained(VictimEnd end)
    {
        if (end.ExitCode != 1)
            yield return $"A full disk ended it with exit code {end.ExitCode}: {end.LastWords}";
        else if (Verb.Name != "sweep" && !end.LastWords.Contains("The disk is full", StringComparison.Ordinal))
            yield return $"A full disk was reported as: {end.LastWords}";
    }

    private bool IsDone(VictimEnd end) =>
        end.ExitCode == 0 || (Verb.SaysDone is { } words && end.LastWords.Contains(words, StringComparison.Ordinal));

    /// <summary>Lets it end, and holds what came of it to the reference.</summary>
    private async Task<bool> EndAsync(
        VictimProcess victim, IReadOnlyList<string> arguments, string folder, FolderState before, List<string> failures)
    {
        var end = await victim.RunAsync(arguments).ConfigureAwait(false);
        if (!IsDone(end))
        {
            failures.Add($"The same command ended with exit code {end.ExitCode}: {end.LastWords}");
            return false;
        }
        var after = FolderState.Of(folder);
        failures.AddRange(after.HalfWritten);
        failures.AddRange(after.LostSince(before));
        failures.AddRange(FolderState.LeftIn(folder));
        if (before.Checkpoint >= 0 && !end.Errors.Contains("Going on from", StringComparison.Ordinal))
            failures.Add($"There was a checkpoint after step {before.Checkpoint}, and the run began again.");
        bool mustGoOn = Verb.Name == "run" && before.HasKeptParts && before.Finished.Count == 0;
        if (mustGoOn && !end.Errors.Contains("going on with", StringComparison.Ordinal))
            failures.Add("There were saved parts, and the run began again.");
        var result = FolderState.Result(folder, Verb.IsResult);
        foreach (var (path, hash) in Reference.Result)
            if (!result.TryGetValue(path, out string? there))
                failures.Add($"{path} is missing in the end.");
            else if (there != hash)
                failures.Add($"{path} is not, bit for bit, that of the run that nobody disturbed.");
        failures.AddRange(result.Keys.Except(Reference.Result.Keys).Select(path => $"{path} should not be there."));
        return true;
    }
}
