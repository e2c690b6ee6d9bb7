using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Experiments;

/// <summary>The headline of a run with several methods: which of all that ran ended lowest, and how far the others are above it.</summary>
internal static class BestMethod
{
    /// <summary>Losses within this factor of one another are called level.</summary>
    private const double Level = 1.05;

    /// <summary>More methods than this, such as restarts, are not all named.</summary>
    private const int MostNamed = 4;

    /// <summary>
    /// The sentence, and one for the methods that ended before the others; nothing where the log has fewer than two methods. Which method is
    /// lowest is told of every method with a loss, whatever its name.
    /// </summary>
    public static IEnumerable<string> Sentences(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        var losses = log.Methods.Where(method => method.Value.TryGet("loss", out _)).Select(method => (method.Key, Loss: method.Value.Find("loss")!)).ToArray();
        if (losses.Length < 2)
            yield break;
        int last = losses.Max(method => method.Loss.Steps[^1]);
        if (log.Config["num_steps"] is JsonValue planned && planned.TryGetValue(out int steps) && last + 1 < steps
            && losses.All(method => !(method.Loss.Values[^1] <= method.Loss.Values[0])))
        {
            yield return Text($"No method is best: none reached the last of {Counted.Of(steps, "step")}, and every loss ends above its start.");
            yield break;
        }
        var whole = losses.Where(method => method.Loss.Steps[^1] == last).Select(method => (Name: MethodName.InSentences(method.Key), Loss: method.Loss.Values[^1]))
            .Where(method => !double.IsNaN(method.Loss)).OrderBy(method => method.Loss).ToArray();
        string[] early = [.. losses.Where(method => method.Loss.Steps[^1] < last).Select(method => MethodName.InSentences(method.Key))];
        if (whole.Length >= 2)
            yield return Headline(whole, last + 1);
        else if (whole is [var only])
            yield return Text($"After {Counted.Of(last + 1, "step")} {only.Name} alone is left, with the loss {only.Loss:G3}.");
        if (early.Length > 0)
            yield return $"{Capital(Joined(early))} did not reach the last step.";
    }

    private static string Headline((string Name, double Loss)[] sorted, int steps)
    {
        double best = sorted[0].Loss;
        string[] level = [.. sorted.TakeWhile(method => method.Loss <= Level * best).Select(method => method.Name)];
        string after = string.Create(CultureInfo.InvariantCulture, $"After {Counted.Of(steps, "step")} ");
        if (level.Length == sorted.Length)
            return $"{after}{Joined(level)} are level.";
        string first = level.Length == 1
            ? $"{after}{level[0]} has the lowest loss{(sorted.Length > 2 ? Text($" of {Counted.Of(sorted.Length, "method")}") : "")}"
            : $"{after}{Joined(level)} are level and have the lowest loss of {Text($"{sorted.Length}")} methods";
        if (!(best > 0 && double.IsFinite(best)))
            return $"{first}, which is zero, so that it has no ratio to the others.";
        var others = sorted.Skip(level.Length).ToArray();
        if (others.Length <= MostNamed)
            return $"{first}: {Joined([.. others.Select(method => $"{method.Name} is {Times(method.Loss / best)} higher")])}.";
        return $"{first}: the next, {others[0].Name}, is {Times(others[0].Loss / best)} higher, the last, {others[^1].Name}, {Times(others[^1].Loss / best)}.";
    }

    private static string Times(double ratio) => $"{NumberText.OfRatio(ratio)} times";

    private static string Joined(string[] names) => names.Length > 1 ? $"{string.Join(", ", names[..^1])} and {names[^1]}" : names[0];

    private static string Capital(string text) => char.ToUpperInvariant(text[0]) + text[1..];

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
