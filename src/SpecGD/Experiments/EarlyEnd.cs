using System.Globalization;
using SpecGD.Records;

namespace SpecGD.Experiments;

/// <summary>What captions say of a run of which methods did not reach the last step: where each of them ended.</summary>
public static class EarlyEnd
{
    /// <summary>The text, with a sentence behind it where methods ended early.</summary>
    /// <param name="text">Sentences.</param>
    /// <param name="log">The log; one that does not say how many steps were planned tells nothing.</param>
    public static string Told(string text, RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        if (JsonNumber.Of(log.Config["num_steps"]) is not { } planned)
            return text;
        string[] ends = [.. log.Methods.Where(method => Reached(method.Value) is var reached && reached.Next < planned).Select(method => Words(method.Key, Reached(method.Value).Done))];
        return ends.Length == 0 ? text : string.Create(CultureInfo.InvariantCulture, $"{text} The run ended before its {planned:0} steps: {string.Join(", ", ends)}.");
    }

    private static string Words(string method, int done) => done == 0
        ? $"{MethodName.InSentences(method)} before its first record"
        : string.Create(CultureInfo.InvariantCulture, $"{MethodName.InSentences(method)} after step {done}");

    /// <summary>The steps that a method has done, and the step that its next record would come to: logs need not have every step.</summary>
    private static (int Done, int Next) Reached(MethodLog method)
    {
        var longest = method.Series.Values.Where(series => series.Count > 0).MaxBy(series => series.Steps[^1]);
        if (longest is null)
            return (0, 0);
        int done = longest.Steps[^1] + 1, stride = longest.Count > 1 ? longest.Steps[^1] - longest.Steps[^2] : 1;
        return (done, done + stride - 1);
    }
}
