using SpecGD.Models.Gpt;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Optimizers.Parameters;
using SpecGD.Records;
using SpecGD.Training.Gpt;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>What a NanoGPT run will be, told before anything large is allocated.</summary>
/// <param name="Shape">The model, with a vocabulary that holds the data.</param>
/// <param name="Plan">The run.</param>
/// <param name="Sequences">Sequences of a step.</param>
/// <param name="Routing">What updates what.</param>
/// <param name="Memory">The memory that it takes.</param>
/// <param name="Work">The operations that it takes.</param>
public sealed record NanoGptForecast(
    GptShape Shape, GptTrainingPlan Plan, int Sequences, IReadOnlyList<RoutedParameter> Routing, GptMemory Memory, GptWork Work)
{
    /// <summary>Size of the products whose rate is measured: as wide as those of the larger presets.</summary>
    private const int RateSize = 1024;

    /// <summary>Room in bytes for what a checkpoint has beside its tensors: names and shapes, series and manifest.</summary>
    private const long HeadersAndLogs = 1 << 20;

    /// <summary>How long the rate is measured.</summary>
    private static readonly TimeSpan RateDuration = TimeSpan.FromSeconds(0.3);

    /// <summary>The run that options and data ask for.</summary>
    /// <exception cref="BadInputException">The options contradict one another, or a tensor has no optimizer.</exception>
    /// <param name="options">Model and run.</param>
    /// <param name="data">What is trained on.</param>
    /// <param name="ranks">Ranks that train together; memory is that of one, work that of all.</param>
    public static NanoGptForecast Of(NanoGptOptions options, NanoGptData data, int ranks = 1)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(data);
        options = options.FittedTo(data);
        GptShape shape = data.Fit(options.Shape());
        shape.Require();
        GptTrainingPlan plan = options.Plan();
        RoutingTable routing = options.Routing();
        long validation = data.ValidationTokens;
        string precision = GptEngines.Choose(options.Precision, options.Device, shape.Width).Precision;
        return new NanoGptForecast(
            shape,
            plan,
            options.SequencesPerStep,
            routing.Assign(shape.Layouts()),
            precision == GptEngines.F64
                ? GptMemory.Of<double>(shape, plan, routing, ranks, data.ValidationLength)
                : GptMemory.Of<float>(shape, plan, routing, ranks, data.ValidationLength, precision == GptEngines.BF16),
            GptWork.Of(shape, plan, routing, options.SequencesPerStep, validation))
        {
            Ranks = ranks,
            Passes = NanoGptPasses.Of(options, data),
            Validation = data.ValidationSentence,
            ValidationTokens = validation,
            ValidationLength = data.ValidationLength,
        };
    }

    /// <summary>Ranks that train together.</summary>
    public int Ranks { get; init; } = 1;

    /// <summary>How often the training tokens are read.</summary>
    public required NanoGptPasses Passes { get; init; }

    /// <summary>Tokens of one validation, and of one of its sequences.</summary>
    public long ValidationTokens { get; init; }

    /// <inheritdoc cref="ValidationTokens"/>
    public int ValidationLength { get; init; }

    /// <summary>What is validated on, in words.</summary>
    public required string Validation { get; init; }

    /// <summary>Tokens of a step.</summary>
    public long TokensPerStep => (long)Sequences * Plan.Length;

    /// <summary>
    /// Bytes on disk that its checkpoints take when they take most: two are kept while the next is written, each the parameters and the optimizers'
    /// state, with room for headers and logs.
    /// </summary>
    public long DiskBytes => 3 * (Memory.Of("parameters") + Memory.Of("optimizer state") + HeadersAndLogs);

    /// <summary>The measured rate of single-precision products on this machine, in operations a second.</summary>
    public static double MeasureRate(TimeProvider clock) => 1e9 * GemmRate.Measure<float>(RateSize, RateDuration, clock);

    /// <summary>The time that the products alone take at the rate of each rank; everything else comes on top.</summary>
    public TimeSpan TimeAt(double rate) => TimeSpan.FromSeconds(Math.Min(Work.ForRun / (rate * Ranks), TimeSpan.MaxValue.TotalSeconds / 2));

    /// <summary>A sentence where the run does not fit into all of the machine's memory; null where it does.</summary>
    /// <param name="machine">The machine.</param>
    /// <param name="ranksHere">Ranks that share it.</param>
    public string? Refusal(MachineMemory machine, int ranksHere = 1)
    {
        ArgumentNullException.ThrowIfNull(machine);
        return Memory.Total * ranksHere <= machine.Total
            ? null
            : $"This run needs about {MachineMemory.Text(Memory.Total)} of memory{(ranksHere > 1 ? " a rank" : "")}, most of it for {Largest()}; "
                + $"this machine has {MachineMemory.Text(machine.Total)}{(ranksHere > 1 ? $" for {Counted.Of(ranksHere, "rank")}" : "")}. Smaller settings of --width, --layers or --length{(Plan.TrackEvery > 0 ? ", or --track-every 0," : "")} would take less.";
    }

    /// <summary>A sentence where it does not fit into what is free now; null where it does, or nobody knows.</summary>
    public string? Warning(MachineMemory machine)
    {
        ArgumentNullException.ThrowIfNull(machine);
        return machine.Available is not { } available || Memory.Total <= available
            ? null
            : $"this run needs about {MachineMemory.Text(Memory.Total)} of memory and {MachineMemory.Text(available)} are free; "
                + "it may be slow or be killed";
    }

    private string Largest() => string.Join(" and ", Memory.Parts.OrderByDescending(part => part.Bytes).Take(2).Select(part => part.Name));
}
