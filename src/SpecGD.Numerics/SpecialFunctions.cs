namespace SpecGD.Numerics;

/// <summary>Special functions in double precision that the platform's own library lacks.</summary>
public static class SpecialFunctions
{
    /// <summary>The error function 2/√π ∫₀ˣ e^(−t²) dt.</summary>
    public static double Erf(double x) => MathNet.Numerics.SpecialFunctions.Erf(x);
}
