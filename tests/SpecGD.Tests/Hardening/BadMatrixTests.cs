using SpecGD.Diagnosis;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Records;
using SpecGD.Spectral;

namespace SpecGD.Tests.Hardening;

/// <summary>
/// Matrices as files may hold them: empty, of one row, zero, with one NaN or infinity, of rank 1, of the smallest and largest entries. Each has its
/// ranks, none, or a sentence, by the measures and by a diagnosis of a capture that holds it.
/// </summary>
public sealed class BadMatrixTests : IDisposable
{
    /// <summary>A few ulps, and the rounding of a factor such as 1e300, which is no power of two.</summary>
    private const double Rounding = 1e-12;

    private static readonly Matrix<double> Common = new TorchRandom(3).Normal(3, 4), Rows = new TorchRandom(4).Normal(10, 4);

    /// <summary>The matrix, and what it has; null for what a matrix without size or direction lacks.</summary>
    private static readonly Dictionary<string, (Matrix<double> Matrix, double? StableRank, double? NuclearRank)> Measured = new()
    {
        ["empty"] = (new Matrix<double>(0, 4), null, null),
        ["without columns"] = (new Matrix<double>(4, 0), null, null),
        ["1×n"] = (new TorchRandom(5).Normal(1, 9), 1, 1),
        ["n×1"] = (new TorchRandom(5).Normal(9, 1), 1, 1),
        ["all zero"] = (new Matrix<double>(3, 4), null, null),
        ["rank 1"] = (Matrix.From(new double[,] { { 1, 2 }, { 2, 4 }, { -3, -6 } }), 1, 1),
        ["1e-300 entries"] = (Times(Common, 1e-300), Measures.StableRank(Common), Measures.NuclearRank(Common)),
        ["1e300 entries"] = (Times(Common, 1e300), Measures.StableRank(Common), Measures.NuclearRank(Common)),
        ["1e-300 beside 1e300"] = (Matrix.From(new[,] { { 1e300, 0 }, { 0, 1e-300 } }), 1, 1),
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-matrices-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Names => [.. Measured.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Its_ranks_are_those_of_the_definition_or_none(string name)
    {
        var (matrix, stableRank, nuclearRank) = Measured[name];

        ShouldBe(Measures.StableRank(matrix), stableRank, "st");
        ShouldBe(Measures.NuclearRank(matrix), nuclearRank, "nr");
        ShouldBe(ExactMeasures.StableRank(matrix), stableRank, "exact st");
        ShouldBe(ExactMeasures.NuclearRank(matrix), nuclearRank, "exact nr");
        Polar.Of(matrix).ToString().ShouldBe(matrix.ToString());
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void One_entry_that_is_no_number_is_named_with_its_place(double value)
    {
        var matrix = Common.Clone();
        matrix[2, 1] = value;

        foreach (var measure in new Func<Matrix<double>, object?>[] { m => Measures.StableRank(m), m => Measures.NuclearRank(m), m => Measures.OperatorNorm(m), m => Polar.Of(m) })
            Should.Throw<NonFiniteMatrixException>(() => measure(matrix)).Message.ShouldContain("row 2, column 1");
    }

    /// <summary>Gradient, activations (both: a factor of the common ones, a special number in one place, or another matrix), and the reason given.</summary>
    public static TheoryData<string, string, string?> Captures => new()
    {
        { "common", "common", null },
        { "1e-300", "common", null },
        { "1e300", "common", null },
        { "common", "1e-300", null },
        { "common", "1e300", null },
        { "row", "common", null },
        { "rank 1", "common", null },
        { "zero", "common", "the gradient is zero" },
        { "NaN", "common", "the gradient holds NaN or infinity" },
        { "infinity", "common", "the gradient holds NaN or infinity" },
        { "common", "zero", "the activations are zero" },
        { "common", "NaN", "the activations hold NaN or infinity" },
        { "common", "infinity", "the activations hold NaN or infinity" },
    };

    [Theory]
    [MemberData(nameof(Captures))]
    public void A_diagnosis_judges_it_or_says_why_not(string gradient, string activations, string? reason)
    {
        string path = Path.Combine(_folder, "x.safetensors");
        SafetensorsWriter.Write(path, [SafetensorsTensor.Of("a/gradient", Named(gradient, Common)), SafetensorsTensor.Of("a/activations", Named(activations, Rows))]);

        foreach (double curvature in new[] { 0.0, 1.0 })
        {
            var row = Diagnosing.Run([path], new LayerJudge(curvature)).Rows.Single();

            if (reason is not null)
            {
                row.Judgement.ShouldBeNull();
                row.Reason.ShouldBe(reason);
                continue;
            }
            row.Judgement.ShouldNotBeNull();
            ShouldBe(row.StableRank, ExactMeasures.StableRank(Rows), "st(A) does not depend on the size");
            (row.Interval!.Low <= row.StableRank && row.StableRank <= row.Interval.High).ShouldBeTrue($"{row.Interval}");
            if (gradient is "1e-300" or "1e300")
                ShouldBe(row.NuclearRank, ExactMeasures.NuclearRank(Common), "nr(G) does not depend on the size");
        }
    }

    [Fact]
    public void An_empty_one_in_a_capture_is_refused_by_name()
    {
        string path = Path.Combine(_folder, "x.safetensors");
        SafetensorsWriter.Write(path, [SafetensorsTensor.Of("a/gradient", new Matrix<double>(0, 4)), SafetensorsTensor.Of("a/activations", Rows)]);

        Should.Throw<BadInputException>(() => Diagnosing.Run([path], new LayerJudge())).Message
            .ShouldContain("the tensor 'a/gradient' is empty, of shape [0, 4]; leave out what was not measured.");
    }

    private static Matrix<double> Named(string name, Matrix<double> common)
    {
        var matrix = common.Clone();
        switch (name)
        {
            case "common": return matrix;
            case "zero": return new Matrix<double>(common.Rows, common.Columns);
            case "row": return common.RowSlice(0, 1).Clone();
            case "rank 1":
                for (int i = 1; i < matrix.Rows; i++)
                    for (int j = 0; j < matrix.Columns; j++)
                        matrix[i, j] = i * matrix[0, j];
                return matrix;
            case "NaN": matrix[1, 2] = double.NaN; return matrix;
            case "infinity": matrix[1, 2] = double.PositiveInfinity; return matrix;
            default: return Times(common, double.Parse(name, System.Globalization.CultureInfo.InvariantCulture));
        }
    }

    private static Matrix<double> Times(Matrix<double> matrix, double factor)
    {
        var product = matrix.Clone();
        for (int i = 0; i < product.Rows; i++)
            for (int j = 0; j < product.Columns; j++)
                product[i, j] *= factor;
        return product;
    }

    private static void ShouldBe(double? actual, double? expected, string what)
    {
        (actual is null).ShouldBe(expected is null, what);
        if (expected is { } value)
            (Math.Abs(actual!.Value - value) <= Rounding * value).ShouldBeTrue($"{what} is {actual}, not {value}");
    }
}
