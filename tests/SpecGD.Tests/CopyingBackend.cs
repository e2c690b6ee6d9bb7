using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Tests;

/// <summary>The backend without OpenBLAS copies the matrices that it works on: what a program allocates is promised for OpenBLAS alone.</summary>
internal static class CopyingBackend
{
    /// <summary>Skips the test where that backend is in force, because OpenBLAS is missing or SPECGD_BLAS asks for it.</summary>
    public static void Skips() =>
        Skip.IfNot(ReferenceEquals(Backend.Current, Backend.OpenBlas), "the managed backend copies every matrix it works on");
}
