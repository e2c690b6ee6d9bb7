using SpecGD.Numerics;
using SpecGD.Spectral;

namespace SpecGD.Optimizers;

/// <summary>What an optimizer remembers of blocks: a matrix for each, by the block's name.</summary>
internal static class BlockMatrices
{
    /// <summary>The matrix of <paramref name="block"/>, of the shape of its weight; zero when it is first asked for.</summary>
    public static Matrix<double> Of(this Dictionary<string, Matrix<double>> matrices, WeightBlock block)
    {
        if (!matrices.TryGetValue(block.Name, out var matrix))
            matrices.Add(block.Name, matrix = new Matrix<double>(block.Weight.Rows, block.Weight.Columns));
        return matrix;
    }
}
