namespace SpecGD.Numerics;

/// <summary>Special functions in double precision that the platform's own library lacks.</summary>
public static class SpecialFunctions
{
    /// <summary>The error function 2/√π ∫₀ˣ e^(−t²) dt.</summary>
    public static double Erf(double x) => MathNet.Numerics.SpecialFunctions.Erf(x);

    /// <summary>P(T ≤ t) for Student's T with ν degrees of freedom, which need not be whole; exact far into the lower tail.</summary>
    /// <exception cref="ArgumentException">ν is not positive.</exception>
    public static double StudentProbability(double t, double degreesOfFreedom) =>
        MathNet.Numerics.Distributions.StudentT.CDF(0, 1, degreesOfFreedom, t);

    /// <summary>The t with P(T ≤ t) = p for Student's T with ν degrees of freedom.</summary>
    /// <exception cref="ArgumentException">ν is not positive, or p is not between 0 and 1.</exception>
    public static double StudentQuantile(double p, double degreesOfFreedom) =>
        MathNet.Numerics.Distributions.StudentT.InvCDF(0, 1, degreesOfFreedom, p);
}
