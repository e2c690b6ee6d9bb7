using SpecGD.Spectral;

namespace SpecGD.Optimizers;

/// <summary>How far to go along a geometry's steepest direction.</summary>
public abstract class StepSize
{
    /// <summary>The step size for a block.</summary>
    public abstract double Of(WeightBlock block, Geometry geometry);

    /// <summary>The same step at every iterate.</summary>
    public static StepSize Fixed(double value) => new FixedStep(value);

    /// <summary>
    /// factor · n/‖A‖², in the norm of the geometry: the natural step of the loss ‖·‖²/(2n), 1/L_F or 1/L_op, times a factor.
    /// </summary>
    public static StepSize Natural(double factor = 1) => new NaturalStep(factor);

    private sealed class FixedStep(double value) : StepSize
    {
        public override double Of(WeightBlock block, Geometry geometry) => value;
    }

    private sealed class NaturalStep(double factor) : StepSize
    {
        public override double Of(WeightBlock block, Geometry geometry) => factor * geometry.NaturalScale(block.Activation);
    }
}
