using System.Numerics;
using SpecGD.Numerics;
using SpecGD.Numerics.Communication;

namespace SpecGD.Optimizers.Parameters;

/// <summary>
/// One matrix that the ranks remember together, each its own rows of it: what a checkpoint has under one name, whatever the number of ranks.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public sealed class ParameterStateSlot<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ICollective _collective;
    private readonly IReadOnlyList<(ParameterPiece Piece, Matrix<T>? Own)> _pieces;

    private ParameterStateSlot(string name, int rows, int columns, IReadOnlyList<(ParameterPiece Piece, Matrix<T>? Own)> pieces, ICollective collective) =>
        (Name, Rows, Columns, _pieces, _collective) = (name, rows, columns, pieces, collective);

    /// <summary>Name in a checkpoint.</summary>
    public string Name { get; }

    /// <summary>Rows of the whole.</summary>
    public int Rows { get; }

    /// <summary>Columns of the whole.</summary>
    public int Columns { get; }

    /// <summary>The whole, on every rank; with one rank the optimizer's own memory, else a copy. Every rank must call it at the same time.</summary>
    public Matrix<T> Collect()
    {
        if (_collective.Size == 1 && _pieces is [(_, { } all)])
            return all;
        var whole = new Matrix<T>(Rows, Columns);
        var slices = Slices(whole);
        for (int i = 0; i < slices.Length; i++)
            _pieces[i].Own?.CopyTo(slices[i]);
        new OwnedMatrices<T>(_collective, [.. _pieces.Select(p => p.Piece.Owner)], [.. _pieces.Select(p => p.Piece.Count)]).SpreadFromOwners(slices);
        return whole;
    }

    /// <summary>Takes the whole from rank 0: every rank keeps its own rows. Every rank must call it at the same time.</summary>
    /// <param name="read">Writes the whole into the matrix; called on rank 0 alone.</param>
    public void Distribute(Action<Matrix<T>> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        if (_collective.Size == 1 && _pieces is [(_, { } all)])
        {
            read(all);
            return;
        }
        var whole = new Matrix<T>(Rows, Columns);
        if (_collective.Rank == 0)
            read(whole);
        _collective.Broadcast(whole.AsSpan());
        var slices = Slices(whole);
        for (int i = 0; i < slices.Length; i++)
            if (_pieces[i].Own is { } own)
                slices[i].CopyTo(own);
    }

    /// <summary>The slots of a division, in the order of its pieces.</summary>
    internal static IEnumerable<ParameterStateSlot<T>> Of(
        IReadOnlyList<ParameterPiece> pieces, RoutingTable routing, Dictionary<ParameterPiece, PieceUpdater<T>> own, ICollective collective)
    {
        foreach (var unit in pieces.GroupBy(piece => (piece.Tensor, piece.Unit)))
        {
            var (tensor, whole) = unit.Key;
            var names = routing.RouteOf(tensor).Rule.StateNames;
            for (int i = 0; i < names.Count; i++)
                yield return new ParameterStateSlot<T>(
                    $"{names[i]}.{whole.Name}",
                    whole.Rows,
                    tensor.Columns,
                    [.. unit.Select(piece => (piece, own.TryGetValue(piece, out var updater) ? updater.State[i] : (Matrix<T>?)null))],
                    collective);
        }
    }

    private Matrix<T>[] Slices(Matrix<T> whole) => [.. _pieces.Select(p => whole.RowSlice(p.Piece.FirstRow, p.Piece.Rows))];
}
