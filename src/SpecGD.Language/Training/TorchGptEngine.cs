using System.Globalization;
using System.Numerics;
using SpecGD.Language.Model;
using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Torch;
using static TorchSharp.torch;

namespace SpecGD.Language.Training;

/// <summary>
/// Computes language models by libtorch, in double, float32 or bfloat16, on the processor or on a GPU. Parameters and gradients stay where the
/// optimizers, checkpoints and ranks have them: on the processor the model shares that memory, to a GPU they are copied for each sequence.
/// </summary>
/// <typeparam name="T">Type of the parameters: <see cref="float"/> for f32 and bf16, <see cref="double"/> for f64.</typeparam>
public sealed class TorchGptEngine<T> : IGptEngine<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private static readonly string[] LocalRankVariables = ["OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "SLURM_LOCALID"];

    private readonly GptPrecision _precision;
    private readonly Device _device;

    /// <summary>Loads libtorch.</summary>
    /// <param name="precision">f32 or bf16, or for parameters in double f64.</param>
    /// <param name="device">cpu, cuda or cuda:N.</param>
    /// <exception cref="BadInputException">There is no such precision or device, or no libtorch for this platform.</exception>
    public TorchGptEngine(string precision, string device)
    {
        ArgumentNullException.ThrowIfNull(device);
        _precision = GptPrecision.Named(precision);
        if (_precision.Weights != SharedParameters<T>.Element)
            throw new BadInputException(typeof(T) == typeof(float)
                ? $"Parameters are in float32 here; --precision takes f32 or bf16, not {precision}."
                : $"Parameters in double are computed with in f64, not {precision}.");
        TorchLibrary.Load();
        _device = DeviceNamed(device);
        set_num_threads(ThreadBudget.Total);
    }

    /// <inheritdoc/>
    public string Description => $"libtorch {TorchLibrary.RequiredVersion}, {_precision.Name}, on {_device}";

    /// <inheritdoc/>
    public IGptModel<T> Model(GptParameters<T> parameters, int length, bool forTraining = true) =>
        new TorchGptModel<T>(parameters, length, forTraining, _precision, _device);

    /// <inheritdoc/>
    public IGptDecoder<T> Decoder(GptParameters<T> parameters, int window) => new TorchGptDecoder<T>(parameters, window, _precision, _device);

    /// <summary>The device of a name. Of several ranks on a machine each takes the GPU of its own number where no number is named.</summary>
    internal static Device DeviceNamed(string name)
    {
        string[] parts = name.Split(':');
        int index = -1;
        bool isKnown = parts is ["cpu"] or ["cuda"] || (parts is ["cuda", var number] && int.TryParse(number, out index) && index >= 0);
        if (!isKnown)
            throw new BadInputException($"--device takes cpu, cuda or cuda:N; '{name}' is none.");
        if (parts[0] == "cpu")
            return CPU;
        if (!cuda.is_available())
            throw new BadInputException($"--device {name}: libtorch sees no GPU here ('specgd doctor' shows what it sees).");
        if (index >= cuda.device_count())
            throw new BadInputException($"--device {name}: there are {cuda.device_count()} GPUs, counted from 0.");
        return new Device(TorchSharp.DeviceType.CUDA, index >= 0 ? index : LocalRank() % cuda.device_count());
    }

    /// <summary>Which of the ranks on this machine this is, as Open MPI, MPICH or Slurm say; 0 without them.</summary>
    private static int LocalRank() =>
        LocalRankVariables.Select(Environment.GetEnvironmentVariable).FirstOrDefault(value => value is not null) is { } text
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int rank) ? rank : 0;
}
