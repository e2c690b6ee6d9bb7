using SpecGD.Models.Gpt;
using SpecGD.Records;
using SpecGD.Training.Gpt;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>The weights that a user names: a run folder, whose newest whole checkpoint is meant, one checkpoint, or a safetensors file.</summary>
public sealed class NanoGptWeights : IDisposable
{
    private readonly SafetensorsFile _file;

    private NanoGptWeights(SafetensorsFile file, IReadOnlyList<string> passedOver, int? heads)
    {
        _file = file;
        PassedOver = passedOver;
        Info = GptWeightsInfo.Of(file, heads);
    }

    /// <summary>The file.</summary>
    public string Path => _file.Path;

    /// <summary>A sentence for each damaged checkpoint that is newer.</summary>
    public IReadOnlyList<string> PassedOver { get; }

    /// <summary>What the file says of its model.</summary>
    public GptWeightsInfo Info { get; }

    /// <summary>Finds and opens the weights at <paramref name="place"/>.</summary>
    /// <param name="place">A run folder, a checkpoint's, or a file.</param>
    /// <param name="heads">The number of heads, for files that do not say it.</param>
    /// <exception cref="BadInputException">There are none, or they are of no such model.</exception>
    public static NanoGptWeights Open(string place, int? heads = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(place);
        var (path, passedOver) = Directory.Exists(place) ? InFolder(place) : (place, []);
        var file = SafetensorsFile.Open(path);
        try
        {
            return new NanoGptWeights(file, passedOver, heads);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The weights in memory, in single precision.</summary>
    /// <exception cref="BadInputException">A tensor is not as the model has it.</exception>
    public GptParameters<float> Load()
    {
        var parameters = new GptParameters<float>(Info.Shape);
        GptWeights.Load(_file, parameters);
        return parameters;
    }

    /// <summary>Writes them to a file of their own, byte by byte as they are, under the names of the snapshot.</summary>
    /// <exception cref="BadInputException">A tensor is not as the model has it.</exception>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Export(string path) => GptWeights.Copy(_file, path, Info);

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static (string Path, IReadOnlyList<string> PassedOver) InFolder(string folder)
    {
        string kept = System.IO.Path.Combine(folder, NanoGptRun.CheckpointsName);
        if (Directory.Exists(kept))
        {
            var (newest, passedOver) = GptCheckpoints.FindNewest(kept);
            return newest is not null
                ? (System.IO.Path.Combine(newest, GptCheckpoints.ModelName), passedOver)
                : throw new BadInputException(
                    string.Join(' ', passedOver.Append($"The run folder {folder} has no whole checkpoint; 'specgd nanogpt train' writes them.")));
        }
        string model = System.IO.Path.Combine(folder, GptCheckpoints.ModelName);
        return File.Exists(model)
            ? (model, [])
            : throw new BadInputException($"{folder} is no run folder of 'specgd nanogpt train': it has neither checkpoints/ nor model.safetensors.");
    }
}
