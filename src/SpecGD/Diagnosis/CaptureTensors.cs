using System.Text;
using SpecGD.Numerics;
using SpecGD.Records;

namespace SpecGD.Diagnosis;

/// <summary>The tensors of a capture, whichever file format holds them.</summary>
public abstract class CaptureTensors : IDisposable
{
    /// <summary>Key or array under which a capture describes itself.</summary>
    public const string DescriptionKey = "specgd";

    private static ReadOnlySpan<byte> ZipMagic => "PK"u8;

    /// <summary>The file.</summary>
    public abstract string Path { get; }

    /// <summary>The description's JSON text, or null where there is none.</summary>
    public abstract byte[]? Description { get; }

    /// <summary>Names and sizes of the tensors.</summary>
    public abstract IReadOnlyDictionary<string, IReadOnlyList<long>> Shapes { get; }

    /// <summary>Opens a safetensors or npz file; the ending decides, or else its first bytes.</summary>
    /// <exception cref="BadInputException">It cannot be read or is neither.</exception>
    public static CaptureTensors Open(string path)
    {
        bool zip = System.IO.Path.GetExtension(path).ToUpperInvariant() switch
        {
            ".NPZ" => true,
            ".SAFETENSORS" => false,
            ".NPY" => throw new BadInputException($"{path} is one array; a capture is an archive of arrays (.npz) or a .safetensors file."),
            ".PT" or ".PTH" or ".PKL" or ".PICKLE" or ".CKPT" => throw new BadInputException(
                $"{path} looks like a pickle, which is never loaded; specgd_capture.py writes .safetensors, docs/capture-format.md also has .npz."),
            _ => BeginsAsZip(path),
        };
        return zip ? new NpzTensors(NpzFile.Open(path)) : new SafetensorsTensors(SafetensorsFile.Open(path));
    }

    /// <summary>A tensor of floating-point numbers as a matrix.</summary>
    /// <exception cref="BadInputException">There is none of that name, or it holds something else.</exception>
    public abstract Matrix<double> ReadMatrix(string name);

    /// <summary>A tensor of whole numbers.</summary>
    /// <exception cref="BadInputException">There is none of that name, or it holds something else.</exception>
    public abstract long[] ReadIntegers(string name);

    /// <inheritdoc/>
    public abstract void Dispose();

    private static bool BeginsAsZip(string path)
    {
        if (!File.Exists(path))
            return false; // whoever opens it says so
        try
        {
            using var stream = File.OpenRead(path);
            Span<byte> start = stackalloc byte[2];
            return stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length && start.SequenceEqual(ZipMagic);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private sealed class SafetensorsTensors(SafetensorsFile file) : CaptureTensors
    {
        public override string Path => file.Path;

        public override byte[]? Description => file.Metadata.TryGetValue(DescriptionKey, out string? text) ? Encoding.UTF8.GetBytes(text) : null;

        public override IReadOnlyDictionary<string, IReadOnlyList<long>> Shapes { get; } = file.Entries.ToDictionary(e => e.Key, e => e.Value.Shape);

        public override Matrix<double> ReadMatrix(string name) => file.ReadMatrix<double>(name);

        public override long[] ReadIntegers(string name) => file.ReadIntegers(name);

        public override void Dispose() => file.Dispose();
    }

    private sealed class NpzTensors(NpzFile file) : CaptureTensors
    {
        public override string Path => file.Path;

        public override byte[]? Description =>
            Shapes.ContainsKey(DescriptionKey) ? [.. file.ReadIntegers(DescriptionKey).Select(value => (byte)value)] : null;

        public override IReadOnlyDictionary<string, IReadOnlyList<long>> Shapes { get; } = file.Arrays.ToDictionary(a => a.Key, a => a.Value.Shape);

        public override Matrix<double> ReadMatrix(string name) => file.ReadMatrix(name);

        public override long[] ReadIntegers(string name) => file.ReadIntegers(name);

        public override void Dispose() => file.Dispose();
    }
}
