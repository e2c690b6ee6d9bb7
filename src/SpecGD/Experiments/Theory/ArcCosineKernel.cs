namespace SpecGD.Experiments.Theory;

/// <summary>
/// Second moments of rectified standard Gaussians (g, h) with correlation ρ: the arc-cosine kernels, and the function φ of Section 3.1.1.
/// A ρ that rounding put beyond ±1 counts as ±1.
/// </summary>
public static class ArcCosineKernel
{
    /// <summary>Mean of ReLU(g): 1/√(2π). (The paper prints 1/(2π); <c>specgd run theory --statements phi</c> tells the two apart.)</summary>
    public static double ReluMean { get; } = 1 / Math.Sqrt(2 * Math.PI);

    /// <summary>φ(ρ) = √(1−ρ²) + (π − arccos ρ)ρ − 1, the covariance of ReLU(g) and ReLU(h) times 2π (Figure 16).</summary>
    public static double Phi(double correlation)
    {
        double rho = Math.Clamp(correlation, -1, 1);
        return Math.Sqrt(1 - (rho * rho)) + ((Math.PI - Math.Acos(rho)) * rho) - 1;
    }

    /// <summary>E ReLU(g)ReLU(h) = (φ(ρ) + 1)/(2π).</summary>
    public static double Relu(double correlation) => (Phi(correlation) + 1) / (2 * Math.PI);

    /// <summary>E ReLU(g)²ReLU(h)² = (3 sinθ cosθ + (π − θ)(1 + 2cos²θ))/(2π), cosθ = ρ.</summary>
    public static double ReluSquare(double correlation)
    {
        double rho = Math.Clamp(correlation, -1, 1);
        return ((3 * rho * Math.Sqrt(1 - (rho * rho))) + ((Math.PI - Math.Acos(rho)) * (1 + (2 * rho * rho)))) / (2 * Math.PI);
    }
}
