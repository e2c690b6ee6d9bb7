using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Numerics.Tests.LinearAlgebra.OpenBlas;

/// <summary>
/// The collector lays arrays at any multiple of eight bytes, so a result that depended on that would change from call to call. Kernels for processors
/// without AVX (OPENBLAS_CORETYPE=Prescott) do depend on it; the others show nothing here.
/// </summary>
public class AlignmentTests
{
    /// <summary>Elements by which a vector is moved: up to a cache line of doubles.</summary>
    private const int Places = 8;

    [Fact]
    public void A_matrix_by_a_vector_has_the_same_bits_wherever_the_vectors_begin()
    {
        var matrix = TestMatrices.Gaussian<double>(61, 75, seed: 1);
        double[] x = TestMatrices.Gaussian<double>(1, 75, seed: 2).Elements();
        double[] first = At(0);
        for (int place = 1; place < Places; place++)
            At(place).ShouldBe(first, $"moved by {place} elements");

        double[] At(int place)
        {
            double[] from = new double[x.Length + place], to = new double[matrix.Rows + place];
            x.CopyTo(from, place);
            Linear.Multiply(matrix, false, (ReadOnlySpan<double>)from.AsSpan(place), to.AsSpan(place));
            return to[place..];
        }
    }

    [Fact]
    public void Singular_values_and_eigenvalues_have_the_same_bits_wherever_they_are_written()
    {
        var matrix = TestMatrices.Gaussian<double>(90, 70, seed: 3);
        var symmetric = TestMatrices.Symmetric<double>(70, seed: 4);
        double[] values = Values(0), eigenvalues = Eigenvalues(0);
        for (int place = 1; place < Places; place++)
        {
            Values(place).ShouldBe(values, $"moved by {place} elements");
            Eigenvalues(place).ShouldBe(eigenvalues, $"moved by {place} elements");
        }

        double[] Values(int place)
        {
            double[] into = new double[70 + place];
            Linear.SingularValues(matrix, into.AsSpan(place));
            return into[place..];
        }

        double[] Eigenvalues(int place)
        {
            double[] into = new double[70 + place];
            Linear.SymmetricEigenInPlace(symmetric.Clone(), into.AsSpan(place));
            return into[place..];
        }
    }
}
