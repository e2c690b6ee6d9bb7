using System.Runtime.InteropServices;

namespace SpecGD.Records;

/// <summary>Writes arrays in NumPy's .npy format, whole or not at all.</summary>
public static class NpyWriter
{
    /// <summary>Writes a vector of doubles.</summary>
    /// <exception cref="IOException">The disk is full or the place cannot be written; a file that was there stays.</exception>
    public static void Write(string path, ReadOnlySpan<double> values) =>
        AtomicFile.Write(path, [.. NpyHeader.ForDoubles(values.Length), .. MemoryMarshal.AsBytes(values)]);
}
