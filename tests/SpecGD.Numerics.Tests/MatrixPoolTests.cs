using System.Globalization;
using System.Runtime.CompilerServices;

namespace SpecGD.Numerics.Tests;

/// <summary>Each test rents a size that no other code asks for: the pool is one for the whole process.</summary>
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
    public void A_lease_that_was_handed_back_gives_its_matrix_to_nobody_and_cannot_be_handed_back_again()
    {
        var lease = MatrixPool<double>.Rent(1049, 3);
        var copy = lease;
        lease.Dispose();

        Should.Throw<ObjectDisposedException>(() => copy.Matrix);
        Should.Throw<ObjectDisposedException>(copy.Dispose);
        using var one = MatrixPool<double>.Rent(1049, 3);
        using var other = MatrixPool<double>.Rent(1049, 3);
        one.Matrix.SharesMemoryWith(other.Matrix).ShouldBeFalse();
        Should.Throw<ObjectDisposedException>(lease.Dispose, "also while another lease has the memory");
    }

    [Fact]
    public void Returned_memory_can_be_overwritten_so_that_a_late_reader_shows()
    {
        MatrixPool<double>.OverwritesReturned = true;
        try
        {
            Matrix<double> kept;
            using (var lease = MatrixPool<double>.Rent(1051, 3))
            {
                kept = lease.Matrix;
                kept.Fill(1);
            }
            kept.Elements().ShouldAllBe(x => double.IsNaN(x));
        }
        finally
        {
            MatrixPool<double>.OverwritesReturned = false;
        }
    }

    [Fact]
    public void Two_leases_at_a_time_never_share_memory()
    {
        using var one = MatrixPool<double>.Rent(1013, 3);
        using var other = MatrixPool<double>.Rent(1013, 3);
        one.Matrix.SharesMemoryWith(other.Matrix).ShouldBeFalse();
    }

    [Theory]
    [InlineData(3, 1019)]
    [InlineData(1, 3057)]
    [InlineData(1000, 3)]
    public void Another_shape_of_as_many_elements_or_slightly_fewer_takes_the_same_memory(int rows, int columns)
    {
        MatrixPool<double>.Trim();
        Matrix<double> first;
        using (var lease = MatrixPool<double>.Rent(1019, 3))
            first = lease.Matrix;
        using var other = MatrixPool<double>.Rent(rows, columns);
        other.Matrix.ToString().ShouldBe(string.Create(CultureInfo.InvariantCulture, $"{rows}×{columns}"));
        other.Matrix.IsContiguous.ShouldBeTrue();
        Unsafe.AreSame(ref first[0, 0], ref other.Matrix[0, 0]).ShouldBeTrue();
    }

    [Fact]
    public void Memory_is_at_most_an_eighth_larger_than_asked_for_and_never_smaller()
    {
        for (long count = 64; count < 1L << 31; count += 1 + (count / 7))
        {
            long size = MatrixPool<double>.SizeFor(count);
            size.ShouldBeGreaterThanOrEqualTo(count);
            (8 * (size - count)).ShouldBeLessThanOrEqualTo(count);
            MatrixPool<double>.SizeFor(size).ShouldBe(size);
        }
    }

    /// <summary>A number of columns that changes at every turn, as a decomposition's next level has it, must not fill the memory shape by shape.</summary>
    [Fact]
    public void Renting_every_number_of_columns_allocates_a_few_times_the_largest_and_then_nothing()
    {
        const int rows = 509, most = 251;
        const double timesTheLargest = 14; // eight sizes of 9/16 to 1 in the last doubling, half of that in the one before, …: below 13 in all, and objects
        MatrixPool<double>.Trim();
        long first = AllocatedByRentingEveryWidth(), second = AllocatedByRentingEveryWidth();
        first.ShouldBeLessThan((long)(timesTheLargest * rows * most * sizeof(double)));
        second.ShouldBe(0);

        static long AllocatedByRentingEveryWidth()
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int columns = 1; columns <= most; columns++)
            {
                using var lease = MatrixPool<double>.Rent(rows, columns);
            }
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
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
