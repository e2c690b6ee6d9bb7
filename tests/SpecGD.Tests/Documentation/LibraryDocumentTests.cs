using System.Runtime.CompilerServices;
using SpecGD.Data;
using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Numerics.Random;
using SpecGD.Optimizers;
using SpecGD.Spectral;

namespace SpecGD.Tests.Documentation;

/// <summary><c>docs/library.md</c> shows exactly the code that is compiled and run here.</summary>
public class LibraryDocumentTests
{
    /// <summary>Two orders of a few products and one decomposition.</summary>
    private const double Rounding = 1e-10;

    /// <summary>Polar Express after eight steps, for singular values from 1e-3 of the norm up.</summary>
    private const double Converged = 1e-8;

    [Fact]
    public void The_document_shows_the_snippets_in_their_order_and_no_other_code()
    {
        string source = File.ReadAllText(Path.Combine(Folder(), "LibrarySnippets.cs"));
        string document = File.ReadAllText(Path.Combine(Folder(), "..", "..", "..", "docs", "library.md"));

        var shown = Between(document, "```csharp", "```");
        var compiled = Between(source, "// snippet ", "// end");

        compiled.Count.ShouldBe(4);
        shown.ShouldBe(compiled);
        shown.ShouldAllBe(code => code.Length == 5, "five lines each");
    }

    [Fact]
    public void A_matrix_is_measured() => LibrarySnippets.Measure().ShouldBe("st = 1.5625, nr = 1.96, s = 4, 3");

    [Fact]
    public void A_layer_is_judged()
    {
        // nr(I₃) = 3 and st of a rank-one matrix is 1; the other way round the Euclidean step is favoured.
        var identity = Matrix.Identity<double>(3);
        var one = Matrix.From(new[,] { { 1.0, 2.0 }, { 2.0, 4.0 }, { 3.0, 6.0 } });

        RequireJudged(LibrarySnippets.Judge(identity, one), Verdict.Spectral, 3);
        RequireJudged(LibrarySnippets.Judge(one, identity), Verdict.Euclidean, 1 / 3.0);
        Should.Throw<InvalidOperationException>(() => LibrarySnippets.Judge(new Matrix<double>(3, 3), one));
    }

    [Fact]
    public void A_gradient_is_made_orthogonal()
    {
        var g = new TorchRandom(3).Normal(4, 6);

        var (exact, fast, asMuon, nuclear, known) = LibrarySnippets.Orthogonalise(g);

        (Distance(Linear.Product(exact, exact, transposeB: true), Matrix.Identity<double>(4)) < Rounding).ShouldBeTrue();
        (Distance(fast, exact) < Converged).ShouldBeTrue();
        (Distance(asMuon, exact) > 1e-2).ShouldBeTrue("Muon's iteration does not converge");
        (Math.Abs(nuclear - ExactMeasures.NuclearNorm(g)) < Rounding).ShouldBeTrue();
        (Math.Abs(known.NuclearNorm - nuclear) < Rounding).ShouldBeTrue();
        known.NumericalRank.ShouldBe(4);
    }

    [Fact]
    public void An_optimizer_steps()
    {
        var random = new TorchRandom(5);
        var features = RandomFeatures.Draw(random, 8, 5, 40, Activation.Named("relu"));
        var target = random.Normal(8, 8);
        Matrix<double> GradientAt(Matrix<double> w)
        {
            var error = w.Clone();
            error.AddScaled(-1, target);
            var moment = new Matrix<double>(8, 8);
            Linear.Gram(1.0 / 40, features, transposeFirst: false, moment);
            return Linear.Product(error, moment);
        }

        var (geometry, weight) = LibrarySnippets.Step(new Matrix<double>(8, 8), features, GradientAt);

        var gradient = GradientAt(new Matrix<double>(8, 8));
        double nuclear = ExactMeasures.NuclearNorm(gradient), frobenius = Measures.FrobeniusNorm(features);
        geometry.ShouldBe(Geometry.Spectral, "ReLU features have a stable rank of about 3");
        var expected = Polar.Of(gradient);
        expected.Scale(-nuclear * 40 / (frobenius * frobenius));
        (Distance(weight, expected) < Rounding).ShouldBeTrue();
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    private static double Distance(Matrix<double> a, Matrix<double> b)
    {
        var difference = a.Clone();
        difference.AddScaled(-1, b);
        return difference.LargestMagnitude();
    }

    /// <summary>The blocks of lines between a line that begins with one mark and the next that is the other, without common indentation.</summary>
    private static List<string[]> Between(string text, string begin, string end)
    {
        var blocks = new List<string[]>();
        List<string>? block = null;
        foreach (string line in text.ReplaceLineEndings("\n").Split('\n'))
        {
            if (block is null && line.TrimStart().StartsWith(begin, StringComparison.Ordinal))
                block = [];
            else if (block is not null && line.Trim() == end)
            {
                int indent = block.Min(l => l.Length - l.TrimStart().Length);
                blocks.Add([.. block.Select(l => l[indent..])]);
                block = null;
            }
            else
                block?.Add(line);
        }
        return blocks;
    }

    private static void RequireJudged((Verdict Verdict, double Ratio) found, Verdict verdict, double ratio)
    {
        found.Verdict.ShouldBe(verdict);
        (Math.Abs(found.Ratio - ratio) < Rounding).ShouldBeTrue($"{found.Ratio}");
    }
}
