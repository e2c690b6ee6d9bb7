using System.Numerics;
using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Spectral;

namespace SpecGD.Training.Gpt;

/// <summary>Spectral measures of a GPT under the names of the tracker.</summary>
public static class GptMeasures
{
    /// <summary>nr of the gradient of every matrix, by the matrix's name; null where the gradient is zero.</summary>
    public static IReadOnlyDictionary<string, double?> NuclearRanks<T>(GptParameters<T> parameters)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return parameters.All.SelectMany(tensor => tensor.Matrices).ToDictionary(m => m.Name, m => Measures.NuclearRank(m.Gradient));
    }

    /// <summary>st of the token-indicator matrix of a sequence: its length over the count of its most common token (2.15).</summary>
    /// <exception cref="ArgumentException">There are no tokens.</exception>
    public static double TokenIndicatorStableRank(IReadOnlyCollection<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return tokens.Count > 0
            ? (double)tokens.Count / tokens.CountBy(token => token).Max(count => count.Value)
            : throw new ArgumentException("No tokens have no stable rank.", nameof(tokens));
    }

    /// <summary>Takes the stable rank of every activation matrix that it sees.</summary>
    /// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
    public sealed class StableRanks<T> : IGptObserver<T>
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        private readonly Dictionary<string, double?> _values = [];

        /// <summary>st by name; null for zero activations.</summary>
        public IReadOnlyDictionary<string, double?> Values => _values;

        /// <inheritdoc/>
        public void Observe(string name, Matrix<T> activations) => _values[name] = Measures.StableRank(activations);
    }
}
