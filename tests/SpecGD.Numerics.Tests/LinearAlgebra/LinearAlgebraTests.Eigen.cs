using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Numerics.Tests.LinearAlgebra;

public abstract partial class LinearAlgebraTests<T>
{
    [SkippableTheory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(10)]
    [InlineData(33)]
    [InlineData(80)]
    public void Eigenvectors_in_rows_and_ascending_eigenvalues_satisfy_their_equation(int n) =>
        CheckEigen(TestMatrices.Symmetric<T>(n, seed: 20));

    [SkippableFact]
    public void Repeated_eigenvalues_still_have_orthonormal_vectors()
    {
        CheckEigen(Matrix.Identity<T>(12));
        CheckEigen(new Matrix<T>(7, 7));
    }

    /// <summary>One eigenvalue n, and zero n − 1 times: the hardest case for an iteration that loses small numbers on the way.</summary>
    [SkippableTheory]
    [InlineData(5)]
    [InlineData(30)]
    [InlineData(35)]
    [InlineData(59)]
    public void The_matrix_of_ones_has_orthonormal_eigenvectors(int n)
    {
        var ones = new Matrix<T>(n, n);
        ones.Fill(T.One);
        CheckEigen(ones);
    }

    [SkippableFact]
    public void Eigenvalues_of_many_decades_are_right_to_the_rounding_of_the_largest()
    {
        var graded = new Matrix<T>(9, 9);
        for (int i = 0; i < 9; i++)
            graded[i, i] = T.CreateChecked(Math.Pow(10, 4 - i));
        CheckEigen(graded);
    }

    [SkippableTheory]
    [InlineData(1e-15)]
    [InlineData(1e15)]
    public void The_scale_of_a_matrix_costs_its_eigenvectors_no_digits(double scale)
    {
        var symmetric = TestMatrices.Symmetric<T>(24, seed: 24);
        symmetric.Scale(T.CreateChecked(scale));
        CheckEigen(symmetric);
    }

    [SkippableFact]
    public void The_eigenvalues_of_a_diagonal_matrix_are_its_entries_ascending()
    {
        var diagonal = new Matrix<T>(4, 4);
        double[] entries = [3, -2, 7, 0.5];
        for (int i = 0; i < 4; i++)
            diagonal[i, i] = T.CreateChecked(entries[i]);
        var values = Linear.SymmetricEigenvalues(diagonal);
        for (int i = 0; i < 4; i++)
            double.CreateChecked(values[i]).ShouldBeWithin(Allowed(4, 7), of: new[] { -2, 0.5, 3, 7 }[i]);
    }

    [SkippableFact]
    public void Only_the_lower_triangle_counts()
    {
        var symmetric = TestMatrices.Symmetric<T>(14, seed: 21);
        var half = symmetric.Clone();
        for (int i = 0; i < 14; i++)
            for (int j = i + 1; j < 14; j++)
                half[i, j] = T.CreateChecked(1000 + i + j);
        Linear.SymmetricEigenvalues(half).ShouldBe(Linear.SymmetricEigenvalues(symmetric));
        var vectors = symmetric.Clone();
        Linear.SymmetricEigenInPlace(vectors, new T[14]);
        Linear.SymmetricEigenInPlace(half, new T[14]);
        half.Elements().ShouldBe(vectors.Elements());
    }

    [SkippableFact]
    public void Eigenvalues_alone_are_those_that_come_with_vectors_and_leave_the_matrix_as_it_was()
    {
        var symmetric = TestMatrices.FramedGaussian<T>(25, 25, seed: 22);
        double[] before = symmetric.Inner.Elements();
        var alone = Linear.SymmetricEigenvalues(symmetric.Inner);
        symmetric.Inner.Elements().ShouldBe(before);
        var withVectors = new T[25];
        Linear.SymmetricEigenInPlace(symmetric.Inner.Clone(), withVectors);
        for (int i = 0; i < 25; i++)
            double.CreateChecked(alone[i]).ShouldBeWithin(Allowed(25, FrobeniusNorm(symmetric.Inner)), of: double.CreateChecked(withVectors[i]));
    }

    [SkippableFact]
    public void Eigenvectors_replace_a_slice_and_nothing_beside_it()
    {
        var symmetric = new Framed<T>(TestMatrices.Symmetric<T>(16, seed: 23));
        var original = symmetric.Inner.Clone();
        var values = new T[16];
        Linear.SymmetricEigenInPlace(symmetric.Inner, values);
        symmetric.FrameIsUntouched().ShouldBeTrue();
        ShouldBeEigen(original, symmetric.Inner, values);
    }

    /// <summary>
    /// The count is told from the values; a spectrum of many decades ends in a cluster of rounding, the hard case for vectors on demand.
    /// </summary>
    [SkippableTheory]
    [InlineData(1, 1, 0)]
    [InlineData(12, 5, 0)]
    [InlineData(60, 60, 0)]
    [InlineData(60, 17, 0)]
    [InlineData(60, 40, 12)]
    [InlineData(90, 70, 30)]
    public void The_lowest_eigenvectors_satisfy_their_equation(int n, int count, int decades)
    {
        var symmetric = TestMatrices.Symmetric<T>(n, seed: 25);
        if (decades > 0)
        {
            for (int i = 0; i < n; i++)
                for (int j = 0; j < n; j++)
                    symmetric[i, j] *= T.CreateChecked(Math.Pow(10, -(double)decades * (i + j) / n));
        }
        var (work, values, all) = (symmetric.Clone(), new T[n], new T[n]);
        int seen = 0;
        Linear.SymmetricEigenLowestInPlace(work, values, ascending => (seen = ascending.Length) > 0 ? count : 0).ShouldBe(count);
        seen.ShouldBe(n);
        double allowed = Allowed(n, FrobeniusNorm(symmetric));
        Linear.SymmetricEigenInPlace(symmetric.Clone(), all);
        for (int i = 0; i < n; i++)
            double.CreateChecked(values[i]).ShouldBeWithin(allowed, of: double.CreateChecked(all[i]));
        double[,] v = work.RowSlice(0, count).InDouble();
        double[,] vs = TestMatrices.NaiveProduct(v, symmetric.InDouble()).Product;
        // Relatively robust representations promise orthogonality to a multiple of n·ε that is some times that of divide and conquer.
        const double looser = 10;
        TestMatrices.FrobeniusNorm(count, n, (i, j) => vs[i, j] - (double.CreateChecked(values[i]) * v[i, j])).ShouldBeAtMost(looser * allowed);
        TestMatrices.RowsFromOrthonormal(v).ShouldBeAtMost(looser * Allowed(n, 1));
    }

    [SkippableFact]
    public void No_eigenvector_is_made_where_none_is_wanted()
    {
        var symmetric = TestMatrices.Symmetric<T>(20, seed: 26);
        var values = new T[20];
        Linear.SymmetricEigenLowestInPlace(symmetric.Clone(), values, _ => 0).ShouldBe(0);
        Linear.SymmetricEigenLowestInPlace(new Matrix<T>(0, 0), Span<T>.Empty, _ => 0).ShouldBe(0);
        var alone = Linear.SymmetricEigenvalues(symmetric);
        for (int i = 0; i < 20; i++)
            double.CreateChecked(values[i]).ShouldBeWithin(Allowed(20, FrobeniusNorm(symmetric)), of: double.CreateChecked(alone[i]));
    }

    [SkippableFact]
    public void An_empty_matrix_has_no_eigenvalue()
    {
        Linear.SymmetricEigenvalues(new Matrix<T>(0, 0)).ShouldBeEmpty();
        Should.NotThrow(() => Linear.SymmetricEigenInPlace(new Matrix<T>(0, 0), Span<T>.Empty));
    }

    private static void CheckEigen(Matrix<T> symmetric)
    {
        var vectors = symmetric.Clone();
        var values = new T[symmetric.Rows];
        Linear.SymmetricEigenInPlace(vectors, values);
        ShouldBeEigen(symmetric, vectors, values);
        double allowed = Allowed(symmetric.Rows, FrobeniusNorm(symmetric));
        var alone = Linear.SymmetricEigenvalues(symmetric);
        for (int i = 0; i < alone.Length; i++)
            double.CreateChecked(alone[i]).ShouldBeWithin(allowed, of: double.CreateChecked(values[i]));
    }

    /// <summary>Vectors are rows: V S = Λ V, V Vᵀ = I, values ascend.</summary>
    private static void ShouldBeEigen(Matrix<T> symmetric, Matrix<T> vectors, T[] values)
    {
        int n = symmetric.Rows;
        double[,] v = vectors.InDouble();
        double[,] vs = TestMatrices.NaiveProduct(v, symmetric.InDouble()).Product;
        TestMatrices.FrobeniusNorm(n, n, (i, j) => vs[i, j] - (double.CreateChecked(values[i]) * v[i, j])).ShouldBeAtMost(Allowed(n, FrobeniusNorm(symmetric)));
        TestMatrices.RowsFromOrthonormal(v).ShouldBeAtMost(Allowed(n, 1));
        for (int i = 1; i < n; i++)
            values[i].ShouldBeGreaterThanOrEqualTo(values[i - 1]);
    }
}
