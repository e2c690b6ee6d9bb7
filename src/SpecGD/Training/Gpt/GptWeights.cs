using System.Numerics;
using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Records;
using SpecGD.Spectral;

namespace SpecGD.Training.Gpt;

/// <summary>
/// Weights of a GPT in safetensors files under the names of the modded-NanoGPT snapshot, so that PyTorch code reads what is written here and the
/// other way round.
/// </summary>
public static class GptWeights
{
    /// <summary>
    /// What may stand before every name: nothing; <c>param.</c> in recorded cases; what <c>torch.compile</c> and wrappers put before the names.
    /// </summary>
    private static readonly string[] Prefixes = ["", "param.", "_orig_mod.", "module.", "model."];

    /// <summary>What stands before the names of the weights in this file; empty for most.</summary>
    /// <exception cref="BadInputException">The file holds no weights of this architecture.</exception>
    public static string PrefixOf(SafetensorsFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return Prefixes.FirstOrDefault(prefix => file.Entries.ContainsKey(prefix + GptShape.EmbeddingName))
            ?? throw new BadInputException(
                $"{file.Path} has no tensor '{GptShape.EmbeddingName}': weights under the names of the modded-NanoGPT snapshot were expected "
                + $"({string.Join(", ", new GptShape().Layouts().Take(5).Select(layout => layout.Name))}, …).");
    }

    /// <summary>Writes the weights with what there is to know of the model.</summary>
    /// <exception cref="IOException">The disk is full; a file that was there before is untouched.</exception>
    public static void Write<T>(string path, GptParameters<T> parameters, GptWeightsInfo info)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(info);
        SafetensorsWriter.Write(
            path,
            [.. parameters.All.Select(t => SafetensorsTensor.Of(t.Name, t.Value, [.. t.Shape.Select(size => (long)size)]))],
            info.ToMetadata());
    }

    /// <summary>
    /// Copies the weights of one file into another, under their plain names and with a header of their own; the numbers stay as they are, byte by
    /// byte.
    /// </summary>
    /// <param name="file">The weights.</param>
    /// <param name="path">The file to write.</param>
    /// <param name="info">What is known of them.</param>
    /// <exception cref="BadInputException">The file is of no such model.</exception>
    /// <exception cref="IOException">The disk is full; a file that was there before is untouched.</exception>
    public static void Copy(SafetensorsFile file, string path, GptWeightsInfo info)
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(info);
        Require(file, info.Shape);
        string prefix = PrefixOf(file);
        SafetensorsWriter.Write(
            path, [.. info.Shape.Layouts().Select(layout => SafetensorsTensor.Of(layout.Name, file, prefix + layout.Name))], info.ToMetadata());
    }

    /// <summary>Reads the weights of a file into parameters. All of the file is checked before the first number is read.</summary>
    /// <exception cref="BadInputException">
    /// A tensor is missing, has another shape, holds something else than F64, F32, F16 or BF16, is none of this model, or has a NaN or an infinity.
    /// </exception>
    public static void Load<T>(SafetensorsFile file, GptParameters<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(file);
        ArgumentNullException.ThrowIfNull(parameters);
        Require(file, parameters.Shape);
        string prefix = PrefixOf(file);
        foreach (var tensor in parameters.All)
        {
            var entry = file.Entry(prefix + tensor.Name);
            if (entry.Count == tensor.Count)
                file.ReadInto(entry, tensor.Value);
            else
                file.ReadMatrix<T>(entry.Name).ColumnSlice(0, tensor.Count).CopyTo(tensor.Value); // scalars with the snapshot's padding
            if (!T.IsFinite(tensor.Value.LargestMagnitude()))
                throw new BadInputException($"{file.Path}: tensor '{entry.Name}' has an entry that is no finite number.");
        }
    }

    private static void Require(SafetensorsFile file, GptShape shape)
    {
        string prefix = PrefixOf(file);
        var expected = shape.Layouts().ToDictionary(layout => prefix + layout.Name);
        foreach (var (name, layout) in expected)
        {
            if (!file.Entries.TryGetValue(name, out var entry))
                throw new BadInputException($"{file.Path} lacks the tensor '{name}', which a model of {Counted.Of(shape.Layers, "block")} has.");
            if (!Fits(entry, layout))
                throw new BadInputException(
                    $"{file.Path}: tensor '{name}' is {entry.ShapeText}; this model has [{string.Join(", ", layout.Shape)}].");
            if (entry.Element is not (SafetensorsElement.F64 or SafetensorsElement.F32 or SafetensorsElement.F16 or SafetensorsElement.BF16))
                throw new BadInputException($"{file.Path}: tensor '{name}' holds {entry.Element}; F64, F32, F16 or BF16 was expected.");
        }
        if (file.Entries.Keys.FirstOrDefault(name => name.StartsWith(prefix, StringComparison.Ordinal) && !expected.ContainsKey(name)) is { } other)
            throw new BadInputException($"{file.Path} has the tensor '{other}', which a model of {Counted.Of(shape.Layers, "block")} has not.");
    }

    /// <summary>The snapshot pads the scalars with ones to a multiple of its ranks; nothing reads those.</summary>
    private static bool Fits(SafetensorsEntry entry, ParameterLayout layout) =>
        entry.Shape.SequenceEqual(layout.Shape.Select(size => (long)size))
        || (layout.Name == GptShape.ScalarsName && entry.Shape is [var length] && length > layout.Columns);
}
