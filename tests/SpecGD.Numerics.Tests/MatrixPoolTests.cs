using System.Runtime.CompilerServices;

namespace SpecGD.Numerics.Tests;

/// <summary>Each test rents a shape that no other code asks for: the pool is one for the whole process.</summary>
public class MatrixPoolTests
{
    [Fact]
    public void A_returned_matrix_is_rented_again_for_the_same_shape()
    {
        Matrix<double> first;
        using (var lease = MatrixPool<double>.Rent(1009, 3))
            first = lease.Matrix;
        first.ToString().ShouldBe("1009×3");
        using var again = MatrixPool<double>.Rent(1009, 3);
        Unsafe.AreSame(ref first[0, 0], ref again.Matrix[0, 0]).ShouldBeTrue();
    }

    [Fact]
    public void Two_leases_at_a_time_never_share_memory()
    {
        using var one = MatrixPool<double>.Rent(1013, 3);
        using var other = MatrixPool<double>.Rent(1013, 3);
        one.Matrix.SharesMemoryWith(other.Matrix).ShouldBeFalse();
    }

    [Fact]
    public void Another_shape_of_as_many_elements_gets_memory_of_its_own()
    {
        Matrix<double> first;
        using (var lease = MatrixPool<double>.Rent(1019, 3))
            first = lease.Matrix;
        using var turned = MatrixPool<double>.Rent(3, 1019);
        turned.Matrix.ToString().ShouldBe("3×1019");
        turned.Matrix.SharesMemoryWith(first).ShouldBeFalse();
    }

    [Fact]
    public void After_a_trim_the_memory_is_new()
    {
        Matrix<double> first;
        using (var lease = MatrixPool<double>.Rent(1021, 3))
            first = lease.Matrix;
        MatrixPool<double>.Trim();
        using var after = MatrixPool<double>.Rent(1021, 3);
        after.Matrix.SharesMemoryWith(first).ShouldBeFalse();
    }

    [Fact]
    public void A_matrix_on_lease_during_a_trim_stays_usable_and_may_be_handed_back()
    {
        var lease = MatrixPool<double>.Rent(1031, 3);
        MatrixPool<double>.Trim();
        lease.Matrix.Fill(2);
        lease.Matrix.Elements().ShouldAllBe(x => x == 2);
        Should.NotThrow(lease.Dispose);
    }

    [Fact]
    public void Many_threads_renting_at_once_never_hold_the_same_matrix()
    {
        const int rounds = 2000;
        int shared = 0;
        Parallel.For(0, rounds, i =>
        {
            using var lease = MatrixPool<float>.Rent(1033, 1);
            lease.Matrix.Fill(i);
            foreach (float x in lease.Matrix.AsSpan())
                if (x != i)
                    Interlocked.Increment(ref shared);
        });
        shared.ShouldBe(0);
    }

    [Fact]
    public void An_empty_shape_can_be_rented()
    {
        using var lease = MatrixPool<double>.Rent(0, 1039);
        lease.Matrix.ToString().ShouldBe("0×1039");
    }
}
