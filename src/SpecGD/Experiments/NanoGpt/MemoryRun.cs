using System.Numerics.Tensors;
using System.Text.Json.Nodes;
using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Records;
using SpecGD.Training;
using SpecGD.Training.Gpt;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>
/// A NanoGPT run without a folder of its own, as experiments make them. What an interrupted or killed one had come to is kept where the context
/// says, and gone on from bit for bit.
/// </summary>
internal sealed class MemoryRun
{
    private readonly string _name;
    private readonly NanoGptStudyOptions _options;

    /// <summary>A run at its start.</summary>
    /// <param name="name">Its name, unique within the experiment.</param>
    /// <param name="options">Model, run and data.</param>
    /// <exception cref="BadInputException">The data cannot be used, or the run needs more than there is.</exception>
    public MemoryRun(string name, NanoGptStudyOptions options)
    {
        Data = options.ReadData();
        options = (NanoGptStudyOptions)options.FittedTo(Data);
        NanoGptPasses.Of(options, Data).Require();
        (_name, _options) = (name, options);
        var parameters = new GptParameters<float>(Data.Fit(options.Shape()));
        Trainer = new GptTrainer<float>(options.Plan(), parameters, GptEngines.Of<float>(options), options.Routing(), Data.Source, Data.Validation);
        parameters.Initialise(new TorchRandom((ulong)options.Seed));
    }

    /// <summary>What is trained on.</summary>
    public NanoGptData Data { get; }

    /// <summary>The training.</summary>
    public GptTrainer<float> Trainer { get; }

    /// <summary>Trains to the end, or until something stops it.</summary>
    /// <exception cref="BadInputException">The data ended in the middle; what was done is kept.</exception>
    public GptTrainingOutcome Train(RunContext context)
    {
        if (context.Kept.Find(_name) is { } kept)
            Restore(kept);
        var task = context.Progress.Begin(_name, _options.Plan().Steps);
        var outcome = Trainer.Run(new Keeping(_name, task, () => context.Kept.Underway(_name, Capture)), context.Cancellation);
        if (outcome.Status == RunStatus.Finished)
            context.Kept.Finished(_name, Capture);
        else if (outcome.Status == RunStatus.Interrupted)
            context.Kept.Stopped(_name, Capture());
        return outcome.LacksData ? throw new BadInputException(outcome.Detail!) : outcome;
    }

    private JsonObject Capture() => new()
    {
        ["trainer"] = Trainer.CaptureState(),
        ["tensors"] = MatrixState.Capture(Tensors().Select(tensor => KeyValuePair.Create(tensor.Name, Wide(tensor.Matrix)))),
    };

    private void Restore(JsonNode kept)
    {
        var tensors = MatrixState.RestoreNamed(kept["tensors"]);
        foreach (var (name, matrix) in Tensors())
            TensorPrimitives.ConvertTruncating<double, float>(tensors[name].AsSpan(), matrix.AsSpan());
        Trainer.RestoreState((JsonObject)kept["trainer"]!);
    }

    private IEnumerable<(string Name, Matrix<float> Matrix)> Tensors() =>
        Trainer.Parameters.All.Select(tensor => (tensor.Name, tensor.Value)).Concat(Trainer.Optimizer.State);

    /// <summary>The same numbers in double precision, which holds them exactly.</summary>
    private static Matrix<double> Wide(Matrix<float> matrix)
    {
        var wide = new Matrix<double>(matrix.Rows, matrix.Columns);
        TensorPrimitives.ConvertTruncating<float, double>(matrix.AsSpan(), wide.AsSpan());
        return wide;
    }

    /// <summary>Progress that keeps the state whenever that is due.</summary>
    private sealed class Keeping(string name, IProgressTask inner, Action keep) : IProgressTask
    {
        public void Advance(int done)
        {
            inner.Advance(done);
            keep();
        }

        public void End(string remark) => inner.End($"{name}: {remark}");
    }
}
