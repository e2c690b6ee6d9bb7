using System.Numerics;
using System.Numerics.Tensors;
using SpecGD.Numerics;
using SpecGD.Spectral;

namespace SpecGD.Models.Gpt;

/// <summary>x0 = norm(embed[tokens]).</summary>
internal sealed class TokenEmbedding<T>(ParameterTensor<T> weight)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Start ← norm(embed[tokens]), tokens × d.</summary>
    public void Forward(GptPass<T> pass) =>
        RowWork.ForEach(pass.Start.Rows, pass.Start.Columns, t => RmsNorm<T>.Forward(weight.Value.Row(pass.Inputs[t]), pass.Start.Row(t)));

    /// <summary>Adds what the gradient of x0 means for the rows looked up. DStart is overwritten.</summary>
    public void Backward(GptPass<T> pass)
    {
        for (int t = 0; t < pass.DStart.Rows; t++)
        {
            int token = pass.Inputs[t];
            var dx = pass.DStart.Row(t);
            RmsNorm<T>.Backward(weight.Value.Row(token), dx, dx);
            TensorPrimitives.Add(weight.Gradient.Row(token), dx, weight.Gradient.Row(token));
        }
    }

    /// <summary>The rows of <paramref name="weight"/> that the tokens look up, tokens × d, as a matrix of its own.</summary>
    public static Matrix<T> LookUp(Matrix<T> weight, ReadOnlySpan<int> tokens)
    {
        var rows = new Matrix<T>(tokens.Length, weight.Columns);
        for (int t = 0; t < tokens.Length; t++)
            weight.Row(tokens[t]).CopyTo(rows.Row(t));
        return rows;
    }
}
