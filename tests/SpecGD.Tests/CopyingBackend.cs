using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Tests;

/// <summary>The managed backend copies the matrices that it works on: what a program allocates is promised for the native ones alone.</summary>
internal static class CopyingBackend
{
    /// <summary>Skips the test where that backend is in force, because there is no other or SPECGD_BLAS asks for it.</summary>
    public static void Skips() =>
        Skip.If(ReferenceEquals(Backend.Current, Backend.Managed), "the managed backend copies every matrix it works on");
}
