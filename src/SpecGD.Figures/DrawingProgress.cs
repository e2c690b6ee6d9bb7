namespace SpecGD.Figures;

/// <summary>How far the drawing of a log is.</summary>
/// <param name="Done">Figures and animations that are drawn.</param>
/// <param name="Total">How many there are.</param>
/// <param name="Name">The one that is drawn now; empty when all are.</param>
public readonly record struct DrawingProgress(int Done, int Total, string Name);

/// <summary>Drawing was asked to stop before everything was drawn.</summary>
/// <param name="missing">Names of the figures and animations that are missing.</param>
/// <param name="cause">What stopped it.</param>
public sealed class DrawingStoppedException(IReadOnlyList<string> missing, OperationCanceledException cause)
    : OperationCanceledException($"Drawing was stopped; {string.Join(", ", missing)} {Counted.Noun(missing.Count, "is")} missing.", cause)
{
    /// <summary>Names of the figures and animations that are missing.</summary>
    public IReadOnlyList<string> Missing { get; } = missing;
}
