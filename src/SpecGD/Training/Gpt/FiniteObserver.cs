using System.Numerics;
using SpecGD.Models.Gpt;
using SpecGD.Numerics;

namespace SpecGD.Training.Gpt;

/// <summary>Remembers the first activations with an entry that is no finite number.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
internal sealed class FiniteObserver<T> : IGptObserver<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Their name; null while all are finite.</summary>
    public string? First { get; private set; }

    /// <summary>What is the first that is not finite of weights and states, as a clause: the forward passes once more, now looked at; null for nothing.</summary>
    /// <param name="model">The model at the weights in question; its gradients change.</param>
    /// <param name="sequences">T + 1 tokens each.</param>
    /// <param name="window">Long attention window in blocks of 128 tokens.</param>
    public static string? FirstNotFinite(IGptModel<T> model, IReadOnlyList<ReadOnlyMemory<ushort>> sequences, int window)
    {
        if (model.Parameters.All.FirstOrDefault(t => !T.IsFinite(t.Value.LargestMagnitude())) is { } tensor)
            return $"the weight {tensor.Name} is not finite";
        var observer = new FiniteObserver<T>();
        foreach (var sequence in sequences)
        {
            int[] tokens = [.. sequence.ToArray().Select(token => (int)token)];
            model.LossAndGradient(tokens.AsSpan(0, tokens.Length - 1), tokens.AsSpan(1), window, observer);
            if (observer.First is { } name)
                return $"{name} is the first that is not finite";
        }
        return null;
    }

    public void Observe(string name, Matrix<T> activations)
    {
        if (First is null && !T.IsFinite(activations.LargestMagnitude()))
            First = name;
    }
}
