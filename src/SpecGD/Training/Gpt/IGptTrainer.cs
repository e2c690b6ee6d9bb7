using SpecGD.Models.Gpt;
using SpecGD.Numerics.Communication;
using SpecGD.Optimizers.Parameters;
using SpecGD.Records;

namespace SpecGD.Training.Gpt;

/// <summary>A <see cref="GptTrainer{T}"/>, whatever the type of its parameters.</summary>
public interface IGptTrainer
{
    /// <inheritdoc cref="GptTrainer{T}.Collective"/>
    ICollective Collective { get; }

    /// <summary>Sizes of the model.</summary>
    GptShape Shape { get; }

    /// <summary>Updates done.</summary>
    int Steps { get; }

    /// <summary>What updates what.</summary>
    IReadOnlyList<RoutedParameter> Routing { get; }

    /// <inheritdoc cref="GptTrainer{T}.Times"/>
    GptTimes Times { get; }

    /// <inheritdoc cref="GptTrainer{T}.Log"/>
    MethodLog Log { get; }

    /// <inheritdoc cref="GptTrainer{T}.Tracker"/>
    TrackerLog Tracker { get; }

    /// <inheritdoc cref="GptTrainer{T}.HasResumed"/>
    bool HasResumed { get; }

    /// <inheritdoc cref="GptTrainer{T}.Resume"/>
    IReadOnlyList<string> Resume();

    /// <inheritdoc cref="GptTrainer{T}.ShareParameters"/>
    void ShareParameters();

    /// <inheritdoc cref="GptTrainer{T}.Run"/>
    GptTrainingOutcome Run(IProgressTask progress, CancellationToken cancellation);
}
