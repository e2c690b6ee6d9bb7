using System.Numerics;
using System.Numerics.Tensors;
using System.Security.Cryptography;
using SpecGD.Models.Gpt;
using SpecGD.Numerics.Random;
using SpecGD.Records;
using SpecGD.Training.Gpt;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>How a run begins where its folder holds checkpoints, and with which weights where it holds none.</summary>
/// <param name="Fresh">Checkpoints in the folder are deleted.</param>
/// <param name="Resume">There must be a checkpoint of these settings to go on from; one that another version of the program wrote will do.</param>
/// <param name="KeepOthers">Checkpoints of other settings or another version are an error instead of being deleted.</param>
/// <param name="InitFrom">A safetensors file with the weights to begin with; null for the seed's.</param>
public sealed record NanoGptBeginning(bool Fresh = false, bool Resume = false, bool KeepOthers = false, string? InitFrom = null)
{
    /// <summary>What a manifest says of the weights to begin with: the file's name and the SHA-256 of its content; null for the seed's.</summary>
    /// <exception cref="BadInputException">The file cannot be read.</exception>
    public string? InitDescription()
    {
        if (InitFrom is not { } path)
            return null;
        using var file = SafetensorsFile.Open(path);
        using var stream = File.OpenRead(path);
        return $"{Path.GetFileName(path)}, SHA-256 {Convert.ToHexStringLower(SHA256.HashData(stream))}";
    }

    /// <summary>Throws where what was asked contradicts itself.</summary>
    /// <exception cref="BadInputException">It does.</exception>
    public void Require()
    {
        if (Fresh && Resume)
            throw new BadInputException("--resume continues from a checkpoint and --fresh deletes it; give one.");
    }

    /// <summary>Gives parameters the values that the run begins with.</summary>
    /// <exception cref="BadInputException">The file is of another model, or damaged.</exception>
    /// <typeparam name="T">Type of the parameters.</typeparam>
    /// <param name="parameters">Take the values.</param>
    /// <param name="seed">Of the random ones.</param>
    public void Initialise<T>(GptParameters<T> parameters, int seed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (InitFrom is not { } path)
        {
            var single = parameters as GptParameters<float> ?? new GptParameters<float>(parameters.Shape); // in double the same numbers, so that runs compare
            single.Initialise(new TorchRandom((ulong)seed));
            if (!ReferenceEquals(single, parameters))
                foreach (var (to, from) in parameters.All.Zip(single.All))
                    TensorPrimitives.ConvertTruncating<float, T>(from.Value.AsSpan(), to.Value.AsSpan());
            return;
        }
        using var file = SafetensorsFile.Open(path);
        GptWeightsInfo.Of(file, parameters.Shape.Heads); // no tensor shows them, so that loading would not notice
        GptWeights.Load(file, parameters);
    }
}
