namespace SpecGD.Experiments;

/// <summary>What diverged, in sentences: headlines, captions and reports say it alike.</summary>
public static class DivergedWords
{
    /// <summary>More methods than this, such as restarts, have one sentence for all.</summary>
    private const int MostNamed = 4;

    /// <summary>One sentence for each method that diverged, with all that it diverged on; or one for all where they are many. None where none did.</summary>
    /// <param name="ends">How the losses ended.</param>
    public static IEnumerable<string> Of(IReadOnlyList<LossEnd> ends)
    {
        ArgumentNullException.ThrowIfNull(ends);
        LossEnd[] diverged = [.. ends.Where(end => end.IsDiverged)];
        var methods = diverged.GroupBy(end => TrajectoryName.Parts(end.Method).Method).ToArray();
        return methods.Length > MostNamed
            ? [Sentence.Begin($"{Names([.. diverged.Select(end => end.Method)])} diverged.")]
            : methods.Select(method => OfMethod(method.Key, [.. method]));
    }

    /// <summary>The text, with these sentences behind it.</summary>
    public static string Told(string text, IReadOnlyList<LossEnd> ends) => string.Join(' ', Of(ends).Prepend(text));

    /// <summary>The names of methods that diverged, as sentences have them; where they are many, the first of them.</summary>
    public static string Names(IReadOnlyList<string> methods)
    {
        ArgumentNullException.ThrowIfNull(methods);
        string[] names = [.. methods.Select(TrajectoryName.InSentences)];
        bool areMany = names.Length > MostNamed && names.Any(name => name.Contains(" for ", StringComparison.Ordinal));
        return areMany ? $"{string.Join(", ", names.Take(MostNamed))} and {names.Length - MostNamed} more" : Sentence.List(names);
    }

    private static string OfMethod(string method, LossEnd[] ends)
    {
        string[] where = [.. ends.Select(end => TrajectoryName.Parts(end.Method).What).Where(what => what.Length > 0)];
        string places = where.Length == 0 ? "" : where.Length <= MostNamed ? $" for {Sentence.List(where)}"
            : $" for {string.Join(", ", where.Take(MostNamed))} and {where.Length - MostNamed} more";
        return Sentence.Begin($"{MethodName.InSentences(method)} diverged{places}{(ends is [var only] ? $": {only.Words}" : "")}.");
    }
}
