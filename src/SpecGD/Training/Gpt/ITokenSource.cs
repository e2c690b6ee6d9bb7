using SpecGD.Records;

namespace SpecGD.Training.Gpt;

/// <summary>
/// Where training takes its tokens from. Its state (<see cref="IStateful"/>) is where it stands, so that a run that goes on sees the same
/// sequences as one that was never interrupted.
/// </summary>
public interface ITokenSource : IStateful
{
    /// <summary>The sequences of the next step, each of T + 1 tokens: the inputs, and one on their targets.</summary>
    /// <exception cref="BadInputException">The data ran out.</exception>
    IReadOnlyList<ReadOnlyMemory<ushort>> Next();
}
