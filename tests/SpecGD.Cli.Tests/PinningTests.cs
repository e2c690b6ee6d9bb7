using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace SpecGD.Cli.Tests;

public class PinningTests
{
    [Theory]
    [InlineData("SpecGD.Numerics", 20)]
    [InlineData("SpecGD", 0)]
    [InlineData("SpecGD.Figures", 0)]
    [InlineData("SpecGD.Cli", 0)]
    public void An_address_of_managed_memory_is_only_taken_where_a_fixed_statement_holds_the_memory(string assembly, int leastFixed)
    {
        var (faults, @fixed) = Pinning.Read(Path.Combine(AppContext.BaseDirectory, assembly + ".dll"));

        faults.ShouldBeEmpty();
        @fixed.ShouldBeGreaterThanOrEqualTo(leastFixed, "the reading must find the fixed statements that there are");
    }

    [Fact]
    public void Every_other_way_is_found()
    {
        var (faults, _) = Pinning.Read(typeof(PinningTests).Assembly.Location, type => type.Name is nameof(Wrong));

        string[] found = [.. typeof(Wrong).GetMembers(System.Reflection.BindingFlags.Static | System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.DeclaredOnly)
            .Select(member => member.Name).Where(name => name != nameof(Wrong.Keep) && !faults.Any(fault => fault.Contains($"::{name}", StringComparison.Ordinal)))];
        found.ShouldBeEmpty("each member is a wrong way to an address");
    }

    [Fact]
    public void Fixed_statements_and_memory_of_the_stack_are_right()
    {
        var (faults, @fixed) = Pinning.Read(typeof(PinningTests).Assembly.Location, type => type.Name is nameof(Right));

        faults.ShouldBeEmpty();
        @fixed.ShouldBe(2);
    }

    private static unsafe class Wrong
    {
        internal static double* Kept;

        internal static void Keep(double* address) => Kept = address;

        internal static double* Returned(double[] array)
        {
            fixed (double* address = array)
                return address;
        }

        internal static nint AsPointer(ref double first) => (nint)Unsafe.AsPointer(ref first);

        internal static nint OfElement(double[] array) => Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);

        internal static nint OfHandle(double[] array) => GCHandle.Alloc(array, GCHandleType.Pinned).AddrOfPinnedObject();

        internal static bool OfArrayData(double[] array) => Unsafe.IsNullRef(ref MemoryMarshal.GetArrayDataReference(array));
    }

    private static unsafe class Right
    {
        internal static double Fixed(double[] array, ReadOnlySpan<double> span)
        {
            double number = 1;
            double* buffer = stackalloc double[2];
            fixed (double* first = array, second = span)
                return *first + *second + *&number + buffer[1];
        }
    }
}
