using SpecGD.Experiments.NanoGpt;
using SpecGD.Records;

namespace SpecGD.Experiments;

/// <summary>
/// The one rule for what diverged: a loss that is not finite, or that ends above <see cref="Growth"/> times its start. Headlines, exit codes,
/// manifests, tables and sweeps all follow it. It needs nothing but the recorded losses, so that it judges logs of any version and origin.
/// </summary>
public static class Divergence
{
    /// <summary>
    /// Times its start above which a last loss counts as diverged. A loss that scatters from batch to batch, or stands on a plateau, may end some per
    /// cent above its start; none of that doubles it. What diverges grows by a factor at every step, and passes any such number soon.
    /// </summary>
    public const double Growth = 2;

    /// <summary>What stored judgements are known by: those of another rule are made again.</summary>
    internal static string Rule { get; } = FormattableString.Invariant($"diverged above {Growth} times, in tables cell by cell");

    /// <summary>The series that tell, the first of them that a method has.</summary>
    private static readonly string[] Losses = ["loss", NanoGptLog.TrainingLoss, NanoGptLog.ValidationLoss];

    /// <summary>Whether a loss that began with <paramref name="start"/> and ended with <paramref name="last"/> diverged. A start of zero cannot tell.</summary>
    public static bool IsDiverged(double start, double last) => !double.IsFinite(start) || !double.IsFinite(last) || (start > 0 && last > Growth * start);

    /// <summary>
    /// How the loss of every method ended that has one. The start of a method that begins later than others, as a restart does, is that of the
    /// whole run: an iterate that another method has trained, or blown up, is no start of its own.
    /// </summary>
    /// <param name="methods">The methods that were run together, by name.</param>
    public static IReadOnlyList<LossEnd> Of(IEnumerable<KeyValuePair<string, MethodLog>> methods)
    {
        ArgumentNullException.ThrowIfNull(methods);
        (string Name, Series Loss)[] all =
        [
            .. from method in methods
               let loss = Losses.Select(method.Value.Find).FirstOrDefault(series => series is { Count: > 0 })
               where loss is not null
               select (method.Key, loss),
        ];
        if (all.Length == 0)
            return [];
        int begin = all.Min(method => method.Loss.Steps[0]);
        double common = all.Where(method => method.Loss.Steps[0] == begin).Max(method => method.Loss.Values[0]);
        return [.. all.Select(method => new LossEnd(
            method.Name, method.Loss.Steps[0] == begin ? method.Loss.Values[0] : common, method.Loss.Values[^1], method.Loss.Steps[^1]) { FirstStep = method.Loss.Steps[0] })];
    }
}

/// <summary>How the loss of a method ended.</summary>
/// <param name="Method">Its name in the log.</param>
/// <param name="Start">The loss that it is measured by: its first, or, of one that begins later than others, theirs.</param>
/// <param name="Last">Its last loss.</param>
/// <param name="LastStep">The step of that.</param>
public sealed record LossEnd(string Method, double Start, double Last, int LastStep)
{
    /// <summary>The step of its first loss.</summary>
    public int FirstStep { get; init; }

    /// <summary>Whether a loss after an update was recorded; without one, as of a restart at the last step, it is another method's loss.</summary>
    public bool IsTrained => LastStep > FirstStep;

    /// <summary>Whether it diverged.</summary>
    public bool IsDiverged => Divergence.IsDiverged(Start, Last);

    /// <summary>Whether it ends above its start or is no number, so that nothing speaks for the method, whether it diverged or not.</summary>
    public bool IsAboveStart => !(Last <= Start);

    /// <summary>"its loss ended 3.4e110 times as high as it started".</summary>
    internal string Words => double.IsFinite(Last / Start)
        ? $"its loss ended {NumberText.OfRatio(Last / Start)} times as high as it started"
        : double.IsFinite(Last) ? $"its loss ended at {NumberText.Of(Last)}"
        : "its loss left the finite numbers";
}
