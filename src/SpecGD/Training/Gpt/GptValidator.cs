using System.Numerics;
using SpecGD.Models.Gpt;

namespace SpecGD.Training.Gpt;

/// <summary>The mean loss of a model on sequences it is not trained on.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public sealed class GptValidator<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly GptParameters<T> _parameters;
    private readonly IGptEngine<T> _engine;
    private readonly Dictionary<int, IGptModel<T>> _models = [];

    /// <summary>A validator of these parameters, as they are when it is asked.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="engine">What computes.</param>
    /// <param name="model">A model of them that may be used for sequences of its length; others are made when they are needed.</param>
    public GptValidator(GptParameters<T> parameters, IGptEngine<T> engine, IGptModel<T>? model = null)
    {
        ArgumentNullException.ThrowIfNull(engine);
        (_parameters, _engine) = (parameters, engine);
        if (model is not null)
            _models.Add(model.Length, model);
    }

    /// <summary>Sum of the losses over all tokens, in nats, and how many those are.</summary>
    /// <param name="sequences">T + 1 tokens each, T a multiple of 128.</param>
    /// <param name="window">Long attention window in blocks of 128 tokens.</param>
    /// <param name="done">Is told how many sequences are done.</param>
    /// <param name="cancellation">Ends the work between two sequences.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public (double Loss, long Tokens) Sum(
        IReadOnlyList<ReadOnlyMemory<ushort>> sequences, int window, Action<int>? done = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sequences);
        double loss = 0;
        long count = 0;
        for (int i = 0; i < sequences.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            int[] tokens = new int[sequences[i].Length];
            for (int t = 0; t < tokens.Length; t++)
                tokens[t] = sequences[i].Span[t];
            int length = tokens.Length - 1;
            if (!_models.TryGetValue(length, out var model))
                _models.Add(length, model = _engine.Model(_parameters, length, forTraining: false));
            loss += model.Loss(tokens.AsSpan(0, length), tokens.AsSpan(1), window);
            count += length;
            done?.Invoke(i + 1);
        }
        return (loss, count);
    }
}
