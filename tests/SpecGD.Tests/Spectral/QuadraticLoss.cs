using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Numerics.Random;
using SpecGD.Spectral;

namespace SpecGD.Tests.Spectral;

/// <summary>L(W) = ‖WA − Y‖_F²/(2n) + (C_op/2)‖W − W₀‖_op² around W₀: the loss for which the one-step model is exact.</summary>
internal sealed class QuadraticLoss
{
    private readonly Matrix<double> _residual, _activations;
    private readonly double _parameterCurvature;

    private QuadraticLoss(Matrix<double> residual, Matrix<double> activations, double parameterCurvature)
    {
        _residual = residual;
        _activations = activations;
        _parameterCurvature = parameterCurvature;
        Gradient = new Matrix<double>(residual.Rows, activations.Rows);
        Linear.Multiply(1.0 / Samples, residual, false, activations, true, 0, Gradient);
        Model = StepModel.OfActivations(ExactMeasures.OperatorNorm(activations), Measures.FrobeniusNorm(activations), 1.0 / Samples, parameterCurvature);
        GradientRank = ExactMeasures.StableRank(Gradient)!.Value;
        NuclearRank = ExactMeasures.NuclearRank(Gradient)!.Value;
        StableRank = ExactMeasures.StableRank(activations)!.Value;
    }

    /// <summary>G = (W₀A − Y)Aᵀ/n.</summary>
    public Matrix<double> Gradient { get; }

    public StepModel Model { get; }

    /// <summary>st(G).</summary>
    public double GradientRank { get; }

    /// <summary>nr(G).</summary>
    public double NuclearRank { get; }

    /// <summary>st(A).</summary>
    public double StableRank { get; }

    public double EuclideanGuarantee => Model.EuclideanDecrease(Measures.FrobeniusNorm(Gradient), GradientRank);

    public double SpectralGuarantee => Model.SpectralDecrease(ExactMeasures.NuclearNorm(Gradient));

    /// <summary>What the step W₀ − G/a_GD takes off the loss.</summary>
    public double EuclideanDecrease => DecreaseOf(Gradient.Times(1 / Model.EuclideanDenominator(GradientRank)));

    /// <summary>What the step W₀ − (‖G‖_*/a_Spec) polar(G) takes off the loss.</summary>
    public double SpectralDecrease => DecreaseOf(Polar.Of(Gradient).Times(ExactMeasures.NuclearNorm(Gradient) / Model.SpectralDenominator));

    private int Samples => _activations.Columns;

    /// <summary>A random layer: activations with a spectrum between flat and one spike, residuals likewise.</summary>
    public static QuadraticLoss Random(ulong seed, double parameterCurvatureShare = 0)
    {
        var random = new TorchRandom(seed);
        int Size(int least, int most) => least + (int)(random.NextUniform() * (most - least + 1));
        int outputs = Size(1, 25), features = Size(1, 25), samples = Size(1, 60);
        // How fast singular values fall: 0 leaves them equal, 3 leaves one of them.
        double fallOfActivations = 3 * random.NextUniform(), fallOfResidual = 3 * random.NextUniform();
        var activations = Spectra.WithSpectrum(features, samples, Falling(Math.Min(features, samples), fallOfActivations), seed + 1);
        var residual = Spectra.WithSpectrum(outputs, samples, Falling(Math.Min(outputs, samples), fallOfResidual), seed + 2);
        double curvature = Math.Pow(ExactMeasures.OperatorNorm(activations), 2) / samples;
        return new QuadraticLoss(residual, activations, parameterCurvatureShare * curvature);
    }

    private static double[] Falling(int k, double power) => [.. Enumerable.Range(1, k).Select(i => Math.Pow(i, -power))];

    /// <summary>L(W₀) − L(W₀ − step), from the losses themselves.</summary>
    private double DecreaseOf(Matrix<double> step)
    {
        var after = _residual.Clone();
        Linear.Multiply(-1, step, false, _activations, false, 1, after);
        double size = ExactMeasures.OperatorNorm(step);
        return ((_residual.SumOfSquares() - after.SumOfSquares()) / (2 * Samples)) - (_parameterCurvature * size * size / 2);
    }
}
