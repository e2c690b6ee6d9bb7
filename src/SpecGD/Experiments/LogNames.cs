using SpecGD.Records;
using SpecGD.Training;

namespace SpecGD.Experiments;

/// <summary>The names that the log of a run will have, known before the run.</summary>
/// <param name="Methods">Names of its trajectories.</param>
/// <param name="Series">Names of their series; some methods may lack some.</param>
public sealed record LogNames(IReadOnlyList<string> Methods, IReadOnlyList<string> Series)
{
    /// <summary>What a run with methods beside those of the paper records: also what the adaptive method chose, where it is among them.</summary>
    /// <param name="methods">Names of the trajectories.</param>
    /// <param name="series">Series that every trajectory has.</param>
    /// <param name="adaptive">Name of the adaptive method.</param>
    /// <param name="blocks">Names of the weights that it decides on.</param>
    internal static LogNames With(IReadOnlyList<string> methods, IReadOnlyList<string> series, string adaptive, IReadOnlyList<string> blocks) =>
        new(methods, methods.Contains(adaptive)
            ? [.. series, .. blocks.Select(block => SeriesName.Of(GeometryProbe.Geometries, block)), GeometryProbe.Switches]
            : series);
}
