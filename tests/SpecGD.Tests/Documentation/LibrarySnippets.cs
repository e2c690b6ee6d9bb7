using SpecGD.Numerics;
using SpecGD.Optimizers;
using SpecGD.Spectral;

namespace SpecGD.Tests.Documentation;

/// <summary>The code of <c>docs/library.md</c>, between markers, word for word; <see cref="LibraryDocumentTests"/> runs it and holds the document to it.</summary>
internal static class LibrarySnippets
{
    public static string Measure()
    {
        // snippet measure
        var m = Matrix.From(new[,] { { 3.0, 0.0, 0.0 }, { 0.0, 4.0, 0.0 } });
        double? st = Measures.StableRank(m);              // ‖M‖_F² / ‖M‖_op²
        double? nr = Measures.NuclearRank(m);             // ‖M‖_*² / ‖M‖_F²
        double[] s = Measures.SingularValues(m);          // descending
        string text = FormattableString.Invariant($"st = {st}, nr = {nr}, s = {string.Join(", ", s)}");
        // end
        return text;
    }

    public static (Verdict Verdict, double Ratio) Judge(Matrix<double> g, Matrix<double> a)
    {
        // snippet judge
        Judgement? judgement = SpectralCondition.Judge(gradient: g, activations: a);
        if (judgement is not { } layer)
            throw new InvalidOperationException("A zero gradient, or zero activations, say nothing.");
        Verdict verdict = layer.Verdict;                  // Spectral, Undecided or Euclidean
        double ratio = layer.Ratio;                       // nr(G)/st(A), the ratio of the two guarantees
        // end
        return (verdict, ratio);
    }

    public static (Matrix<double> Exact, Matrix<double> Fast, Matrix<double> AsMuon, double Nuclear, PolarSummary Known) Orthogonalise(Matrix<double> g)
    {
        // snippet orthogonalise
        Matrix<double> exact = Polar.Of(g);                                // U Vᵀ over the numerical range
        Matrix<double> fast = Orthogonalization.PolarExpress(g, steps: 8); // products only, converging to it
        Matrix<double> asMuon = Orthogonalization.NewtonSchulz(g);         // Muon's five steps, not converging
        double nuclear = MatrixArithmetic.Dot(exact, g);                   // ⟨polar(G), G⟩ = ‖G‖_*
        PolarSummary known = Polar.Decompose(g, exact);                    // the same, with norms and numerical rank
        // end
        return (exact, fast, asMuon, nuclear, known);
    }

    public static (Geometry Geometry, Matrix<double> Weight) Step(Matrix<double> w, Matrix<double> a, Func<Matrix<double>, Matrix<double>> gradientAt)
    {
        // snippet step
        var optimizer = new AdaptiveDescent(new AdaptiveSettings());
        var block = new WeightBlock("W1", w, new ActivationMeasurement(a, samples: a.Columns));
        block.SetGradient(gradientAt(block.Weight));      // ∇L(W) at the weight of now
        optimizer.Step(block);                            // W has taken the step that promises more
        Geometry taken = optimizer.GeometryOf(block);     // Geometry.Spectral or Geometry.Euclidean
        // end
        return (taken, block.Weight);
    }
}
