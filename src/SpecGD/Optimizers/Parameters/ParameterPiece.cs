using SpecGD.Numerics.Communication;
using SpecGD.Spectral;

namespace SpecGD.Optimizers.Parameters;

/// <summary>What an optimizer remembers under one name: a tensor, or a matrix of a stack.</summary>
/// <param name="Name">The tensor's name, or the matrix's.</param>
/// <param name="FirstRow">Its first row within the tensor.</param>
/// <param name="Rows">Its rows.</param>
public sealed record ParameterUnit(string Name, int FirstRow, int Rows);

/// <summary>Rows of a tensor that are updated together, on one rank.</summary>
/// <param name="Tensor">The tensor.</param>
/// <param name="Unit">The part of it under whose name the state is kept.</param>
/// <param name="FirstRow">First row within the unit.</param>
/// <param name="Rows">Number of rows.</param>
/// <param name="Owner">The rank that updates them.</param>
public sealed record ParameterPiece(ParameterLayout Tensor, ParameterUnit Unit, int FirstRow, int Rows, int Owner)
{
    /// <summary>First row within the tensor.</summary>
    public int RowInTensor => Unit.FirstRow + FirstRow;

    /// <summary>Number of elements.</summary>
    public long Count => (long)Rows * Tensor.Columns;
}

/// <summary>A model's parameters divided over ranks for their updates, as the modded-NanoGPT snapshot divides them.</summary>
public static class ParameterDivision
{
    /// <summary>
    /// The pieces, tensor by tensor: matrices that a rule needs whole are dealt to the ranks by the cost of their updates; all else is divided by
    /// rows, evenly.
    /// </summary>
    /// <param name="tensors">The parameters.</param>
    /// <param name="routing">Which rule updates what.</param>
    /// <param name="ranks">How many ranks there are, at least 1.</param>
    /// <exception cref="BadInputException">The routing leaves a tensor without a rule.</exception>
    public static IReadOnlyList<ParameterPiece> Of(IEnumerable<ParameterLayout> tensors, RoutingTable routing, int ranks)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(routing);
        ParameterLayout[] all = [.. tensors];
        var whole = all.Where(tensor => routing.RouteOf(tensor).Rule.NeedsWholeMatrices).ToArray();
        double[] costs = [.. whole.SelectMany(tensor => Enumerable.Repeat(CostOfMatrix(tensor, routing), tensor.Matrices))];
        var owners = new Queue<int>(CostShares.Deal(costs, ranks));
        return [.. all.SelectMany(tensor => whole.Contains(tensor) ? Matrices(tensor, owners) : RowRanges(tensor, ranks))];
    }

    /// <summary>Operations of the busiest rank in one update.</summary>
    public static double LargestShare(IReadOnlyList<ParameterPiece> pieces, RoutingTable routing)
    {
        ArgumentNullException.ThrowIfNull(pieces);
        ArgumentNullException.ThrowIfNull(routing);
        return pieces.GroupBy(piece => piece.Owner)
            .Max(own => own.Sum(piece => routing.RouteOf(piece.Tensor).Rule.Operations(piece.Tensor) * piece.Rows / piece.Tensor.Rows));
    }

    private static double CostOfMatrix(ParameterLayout tensor, RoutingTable routing) =>
        routing.RouteOf(tensor).Rule.Operations(tensor) / tensor.Matrices;

    private static IEnumerable<ParameterPiece> Matrices(ParameterLayout tensor, Queue<int> owners)
    {
        int rows = tensor.Rows / tensor.Matrices;
        for (int i = 0; i < tensor.Matrices; i++)
            yield return new ParameterPiece(tensor, new ParameterUnit(tensor.NameOfMatrix(i), i * rows, rows), 0, rows, owners.Dequeue());
    }

    private static IEnumerable<ParameterPiece> RowRanges(ParameterLayout tensor, int ranks)
    {
        var unit = new ParameterUnit(tensor.Name, 0, tensor.Rows);
        for (int rank = 0; rank < ranks; rank++)
        {
            int first = (int)((long)tensor.Rows * rank / ranks), next = (int)((long)tensor.Rows * (rank + 1) / ranks);
            if (first < next)
                yield return new ParameterPiece(tensor, unit, first, next - first, rank);
        }
    }
}
