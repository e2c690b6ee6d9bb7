using System.Globalization;
using SpecGD.Records;

namespace SpecGD.Experiments;

/// <summary>The headline of a run with several methods: which of all that trained ended lowest, and how far the others are above it.</summary>
internal static class BestMethod
{
    /// <summary>Losses within this factor of one another are called level.</summary>
    private const double Level = 1.05;

    /// <summary>Whether two losses are level: neither is called the better, and neither speaks for or against the rule.</summary>
    public static bool AreLevel(double one, double other) => Math.Max(one, other) <= Level * Math.Min(one, other);

    /// <summary>More methods than this, such as restarts, are not all named.</summary>
    private const int MostNamed = 4;

    /// <summary>
    /// The sentence, where the log has two methods at least, one for the methods that ended before the others, and one for each that diverged
    /// (<see cref="Divergence"/>). Which method is lowest is told of every method with a loss that does not end above its start, whatever its name.
    /// </summary>
    public static IEnumerable<string> Sentences(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var ends = Divergence.Of(log.Methods);
        if (ends.Count >= 2)
            foreach (string sentence in Compared(ends, JsonNumber.Of(log.Config["num_steps"])))
                yield return sentence;
        foreach (string sentence in DivergedWords.Of(ends))
            yield return sentence;
    }

    /// <summary>A method whose loss ends above its start is not compared: nothing speaks for it.</summary>
    private static IEnumerable<string> Compared(IReadOnlyList<LossEnd> ends, double? steps)
    {
        int last = ends.Max(end => end.LastStep);
        if (ends.All(end => end.LastStep == 0))
        {
            yield return "No method is best: the log ends with the loss before the first update.";
            yield break;
        }
        string unfinished = last + 1 < steps ? Text($"none reached the last of {Counted.Of((int)steps, "step")}, and ") : "";
        if (ends.All(end => end.IsAboveStart))
        {
            yield return $"No method is best: {unfinished}every loss ends above its start.";
            yield break;
        }
        var whole = ends.Where(end => end.LastStep == last && end is { IsAboveStart: false, IsTrained: true }).Select(end => (Name: MethodName.InSentences(end.Method), Loss: end.Last))
            .OrderBy(method => method.Loss).ToArray();
        string[] early = Names(ends.Where(end => end.LastStep < last)), above = Names(ends.Where(end => end is { IsAboveStart: true, IsDiverged: false }));
        string[] untrained = Names(ends.Where(end => end.LastStep == last && end is { IsAboveStart: false, IsTrained: false }));
        if (whole.Length >= 2)
            yield return Headline(whole, last + 1);
        else if (whole is [var only])
            yield return Text($"At the last of {Counted.Of(last + 1, "step")} {only.Name} alone is left, with the loss {only.Loss:G3}.");
        else
            yield return Text($"No method is best: none reached {Counted.Of(last + 1, "step")} with a loss that is not above its start.");
        if (early.Length > 0)
            yield return $"{Sentence.Begin(Sentence.List(early))} did not reach the last step.";
        if (untrained.Length > 0)
            yield return $"{Sentence.Begin(Sentence.List(untrained))} {Counted.Noun(untrained.Length, "is")} not compared: no update was made.";
        if (above.Length > 0)
            yield return $"{Sentence.Begin(Sentence.List(above))} {Counted.Noun(above.Length, "is")} not compared: what ends above its start has not trained.";
    }

    private static string[] Names(IEnumerable<LossEnd> ends) => [.. ends.Select(end => MethodName.InSentences(end.Method))];

    private static string Headline((string Name, double Loss)[] sorted, int steps)
    {
        double best = sorted[0].Loss;
        string[] level = [.. sorted.TakeWhile(method => method.Loss <= Level * best).Select(method => method.Name)];
        string after = string.Create(CultureInfo.InvariantCulture, $"At the last of {Counted.Of(steps, "step")} ");
        if (level.Length == sorted.Length)
            return $"{after}{Sentence.List(level)} are level.";
        string first = level.Length == 1
            ? $"{after}{level[0]} has the lowest loss{(sorted.Length > 2 ? Text($" of {Counted.Of(sorted.Length, "method")}") : "")}"
            : $"{after}{Sentence.List(level)} are level and have the lowest loss of {Text($"{sorted.Length}")} methods";
        if (!(best > 0 && double.IsFinite(best)))
            return $"{first}, which is zero, so that it has no ratio to the others.";
        var others = sorted.Skip(level.Length).ToArray();
        if (others.Length <= MostNamed)
            return $"{first}: {Sentence.List([.. others.Select(method => $"{method.Name} is {Times(method.Loss / best)} higher")])}.";
        return $"{first}: the next, {others[0].Name}, is {Times(others[0].Loss / best)} higher, the last, {others[^1].Name}, {Times(others[^1].Loss / best)}.";
    }

    private static string Times(double ratio) => $"{NumberText.OfRatio(ratio)} times";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
