using SpecGD.Numerics;
using SpecGD.Spectral;

namespace SpecGD.Experiments.Theory;

/// <summary>Lemma 2.9 (embeddings), Proposition 2.14 (one transformer block) and Corollary 2.15 (over depth).</summary>
internal static class TransformerStatements
{
    /// <summary>Inequalities that hold sample by sample are judged up to the residual of the operator norms.</summary>
    private const double Rounding = 1e-9;

    /// <summary>Corollary 2.15: no faster than (1 + ℓ)².</summary>
    private const double DepthExponent = 2;

    private const string Hidden = "B";
    private const double TransformerZipf = 1;
    private const int TokensPerDimension = 2, VocabularyPerDimension = 4, Depth = 6;

    private static readonly double[] ZipfExponents = [0.5, 1, 1.5];

    public static IReadOnlyList<Statement> All { get; } =
    [
        new(
            "lem2.9",
            "Lemma 2.9",
            "token embeddings: st(X)·p_max is at most (1 + ε)/(1 − ε)",
            "st(X)·p_max",
            "d",
            MeasureEmbeddings,
            static _ => Judges.AtMost(static _ => Rounding))
        {
            Threshold = "at most the bound, with every seed and exponent",
        },
        new(
            "prop2.14",
            "Proposition 2.14",
            "one transformer block: five bounds by st(X), c₋ and c₊",
            "st / bound",
            "d",
            MeasureBlock,
            static _ => Judges.AtMost(static _ => Rounding))
        {
            Threshold = "st at most each bound, with every seed",
        },
        new(
            "cor2.15",
            "Corollary 2.15",
            "at ℓ = 0 the stable ranks of X, A_rms and A_mlp are at most a constant over p_max",
            "st·p_max at ℓ = 0",
            "d",
            MeasureStart,
            static _ => Judges.AtMost(static _ => Rounding))
        {
            Threshold = "st·p_max at most the constant, with every seed",
        },
        new(
            "cor2.15-depth",
            "Corollary 2.15",
            "st(B) ≤ 2π at every depth; those of A_rms, A_mlp and A_final grow at most like (1 + ℓ)²",
            "st at depth ℓ",
            "1+ℓ",
            MeasureDepth,
            static name => name == Hidden ? Judges.AtMost(static _ => Rounding) : Judges.GrowsAtMostLike(DepthExponent))
        {
            Threshold = FormattableString.Invariant($"st(B) at most 2π with every seed; fitted exponent at most {DepthExponent}"),
        },
    ];

    private static double NormalDistributionAtOne { get; } = 0.5 * (1 + SpecialFunctions.Erf(1 / Math.Sqrt(2)));

    private static double St(Matrix<double> matrix) => Measures.StableRank(matrix)!.Value;

    private static TokenSequence Tokens(Trial trial, double exponent) =>
        TokenSequence.Draw(trial.Random(1), VocabularyPerDimension * trial.Dimension, exponent, TokensPerDimension * trial.Dimension);

    private static Matrix<double> Embedding(Trial trial) => trial.Random(2).Normal(trial.Dimension, VocabularyPerDimension * trial.Dimension);

    /// <summary>c₋ and c₊: the least and largest ‖x_t‖²/d.</summary>
    private static (double Least, double Largest) ColumnEnergies(Matrix<double> x)
    {
        double[] norms = RandomTransformer.SquaredColumnNorms(x);
        return (norms.Min() / x.Rows, norms.Max() / x.Rows);
    }

    /// <summary>(1 + ε)/(1 − ε) with ε = max |‖x_t‖²/d − 1|; infinite, and so no bound, from ε = 1 on.</summary>
    private static (double Epsilon, double Bound) Concentration(Matrix<double> x)
    {
        var (least, largest) = ColumnEnergies(x);
        double epsilon = Math.Max(largest - 1, 1 - least);
        return (epsilon, epsilon < 1 ? (1 + epsilon) / (1 - epsilon) : double.PositiveInfinity);
    }

    private static IEnumerable<Measurement> MeasureEmbeddings(Trial trial)
    {
        var embedding = Embedding(trial);
        foreach (double exponent in ZipfExponents)
        {
            var tokens = Tokens(trial, exponent);
            var x = tokens.Embed(embedding);
            var (epsilon, bound) = Concentration(x);
            double share = tokens.LargestShare;
            yield return new Measurement(FormattableString.Invariant($"Zipf {exponent}"), trial.Dimension, St(x) * share, bound)
            {
                Details = [("ε", epsilon), ("p_max", share)],
            };
        }
    }

    private static IEnumerable<Measurement> MeasureBlock(Trial trial)
    {
        var block = RandomTransformer.Forward(trial.Random(3), Tokens(trial, TransformerZipf).Embed(Embedding(trial)));
        var (least, largest) = ColumnEnergies(block.X);
        double stX = St(block.X), attention = 1 + (2 / least);
        (string, double, double)[] inequalities =
        [
            ("A_rms", St(block.ARms), largest / least * stX),
            ("X_att", St(block.XAtt), attention * stX),
            ("A_mlp", St(block.AMlp), (largest + 1) / least * attention * stX),
            ("B", St(block.B), 2 * Math.PI),
            ("X⁺", St(block.Next), 2 * Math.PI * (1 + ((largest + 1) / (0.5 * (1 - NormalDistributionAtOne))))),
        ];
        foreach (var (name, value, bound) in inequalities)
            yield return new Measurement(name, trial.Dimension, value / bound, 1)
            {
                Details = [("st", value), ("bound", bound), ("st(X)", stX), ("c_-", least), ("c_+", largest)],
            };
    }

    /// <summary>The constants come of Lemma 2.9 and Proposition 2.14 put together.</summary>
    private static IEnumerable<Measurement> MeasureStart(Trial trial)
    {
        var tokens = Tokens(trial, TransformerZipf);
        var block = RandomTransformer.Forward(trial.Random(3), tokens.Embed(Embedding(trial)));
        var (least, largest) = ColumnEnergies(block.X);
        double share = tokens.LargestShare, constant = Concentration(block.X).Bound;
        (string, Matrix<double>, double)[] bounds =
        [
            ("X", block.X, constant),
            ("A_rms", block.ARms, largest / least * constant),
            ("A_mlp", block.AMlp, (largest + 1) / least * (1 + (2 / least)) * constant),
        ];
        foreach (var (name, matrix, bound) in bounds)
            yield return new Measurement(name, trial.Dimension, St(matrix) * share, bound) { Details = [("p_max", share)] };
    }

    /// <summary>A_rms and A_mlp from ℓ = 1 on. The last norm, A_final, is what the A_rms of one more block would be.</summary>
    private static IEnumerable<Measurement> MeasureDepth(Trial trial)
    {
        var random = trial.Random(3);
        var x = Tokens(trial, TransformerZipf).Embed(Embedding(trial));
        for (int layer = 0; layer < Depth; layer++)
        {
            trial.Cancellation.ThrowIfCancellationRequested();
            var block = RandomTransformer.Forward(random, x);
            yield return new Measurement(Hidden, 1 + layer, St(block.B), 2 * Math.PI);
            if (layer > 0)
            {
                yield return AtDepth("A_rms, A_final", layer, block.ARms);
                yield return AtDepth("A_mlp", layer, block.AMlp);
            }
            x = block.Next;
        }
        yield return AtDepth("A_rms, A_final", Depth, RandomTransformer.RmsNorm(x));
    }

    private static Measurement AtDepth(string name, int layer, Matrix<double> matrix)
    {
        double st = St(matrix);
        return new Measurement(name, 1 + layer, st) { Details = [("st/(1+ℓ)²", st / ((1 + layer) * (1 + layer)))] };
    }
}
