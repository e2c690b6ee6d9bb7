using SpecGD.Models;
using SpecGD.Optimizers;
using SpecGD.Records;

namespace SpecGD.Training;

/// <summary>
/// Records what an adaptive method chose: <c>geometry.W1</c>, … (1 for a spectral step, 0 for a Euclidean one) and <c>switches</c>, the changes so
/// far over all blocks.
/// </summary>
/// <param name="log">Where the series go.</param>
/// <param name="optimizer">The method, after it has proposed the step.</param>
public sealed class GeometryProbe(MethodLog log, AdaptiveDescent optimizer) : IProbe
{
    /// <summary>Names of the series; the first with a dot and the block's name behind it.</summary>
    public const string Geometries = "geometry", Switches = "switches";

    /// <inheritdoc/>
    public void Observe(int step, double loss, IModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        foreach (var block in model.Blocks)
            log.Record(SeriesName.Of(Geometries, block.Name), step, ReferenceEquals(optimizer.GeometryOf(block), Geometry.Spectral) ? 1 : 0);
        log.Record(Switches, step, optimizer.Switches);
    }

    // The series lie in the method's log, which the probe before this one keeps whole.
}
