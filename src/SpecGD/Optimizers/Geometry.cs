using SpecGD.Numerics;
using SpecGD.Spectral;

namespace SpecGD.Optimizers;

/// <summary>
/// A norm on weight matrices: it decides the direction of steepest descent and the activation norm that bounds the curvature along it.
/// </summary>
public abstract class Geometry
{
    /// <summary>Steps along −G; curvature bounded by ‖A‖_op².</summary>
    public static Geometry Euclidean { get; } = new EuclideanGeometry();

    /// <summary>Steps along −‖G‖_* polar(G); curvature bounded by ‖A‖_F².</summary>
    public static Geometry Spectral { get; } = new SpectralGeometry();

    /// <summary>Name in logs.</summary>
    public abstract string Name { get; }

    /// <summary>
    /// The steepest direction D of the block, such that ⟨D, G⟩ is the squared dual norm of G. Valid until the gradient changes.
    /// </summary>
    public abstract Matrix<double> SteepestDirection(WeightBlock block);

    /// <summary>The factor that belongs to the direction: 1, or ‖G‖_*.</summary>
    public abstract double DualNormFactor(WeightBlock block);

    /// <summary>The norm of A whose square, times c, bounds the curvature along the direction: L_F = c‖A‖_op², L_op = c‖A‖_F².</summary>
    public abstract double CurvatureNorm(ActivationMeasurement activation);

    /// <summary>n/‖A‖² in the norm of the geometry, the natural step of the loss ‖·‖²/(2n); 0 where A is zero and no step changes anything.</summary>
    public double NaturalScale(ActivationMeasurement activation)
    {
        ArgumentNullException.ThrowIfNull(activation);
        double norm = CurvatureNorm(activation);
        return norm > 0 ? activation.Samples / (norm * norm) : 0;
    }

    private sealed class EuclideanGeometry : Geometry
    {
        public override string Name => "gradient_descent";

        public override Matrix<double> SteepestDirection(WeightBlock block) => block.Gradient;

        public override double DualNormFactor(WeightBlock block) => 1;

        public override double CurvatureNorm(ActivationMeasurement activation) => activation.OperatorNorm;
    }

    private sealed class SpectralGeometry : Geometry
    {
        public override string Name => "specgd";

        public override Matrix<double> SteepestDirection(WeightBlock block) => block.GradientPolar;

        public override double DualNormFactor(WeightBlock block) => block.GradientNuclearNorm;

        public override double CurvatureNorm(ActivationMeasurement activation) => activation.FrobeniusNorm;
    }
}
