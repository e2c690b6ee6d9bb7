using System.Numerics;
using SpecGD.Numerics;

namespace SpecGD.Spectral;

/// <summary>One matrix within a parameter tensor: what a spectral measure or update applies to. Both views share the tensor's memory.</summary>
/// <param name="Name">The tensor's name, with the part's behind it where the tensor is a stack.</param>
/// <param name="Value">W, as stored.</param>
/// <param name="Gradient">∇L(W), of the same shape.</param>
public sealed record ParameterMatrix<T>(string Name, Matrix<T> Value, Matrix<T> Gradient)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>;

/// <summary>
/// A named parameter with its gradient: a vector, a matrix, or a stack of matrices of one shape. A model adds to the gradient, an optimizer reads it
/// and changes the value; neither knows the other.
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public sealed class ParameterTensor<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>A tensor of zeros with zero gradient.</summary>
    /// <inheritdoc cref="ParameterLayout(string, IReadOnlyList{int}, IReadOnlyList{string})"/>
    public ParameterTensor(string name, IReadOnlyList<int> shape, params IReadOnlyList<string> parts)
        : this(new ParameterLayout(name, shape, parts))
    {
    }

    /// <summary>A tensor of zeros with zero gradient.</summary>
    public ParameterTensor(ParameterLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        Layout = layout;
        Value = new Matrix<T>(layout.Rows, layout.Columns);
        Gradient = new Matrix<T>(layout.Rows, layout.Columns);
        Matrices =
        [
            .. Enumerable.Range(0, layout.Matrices).Select(i =>
                Part(layout.NameOfMatrix(i), i, layout.Rows / layout.Matrices)),
        ];
    }

    /// <summary>Name and sizes.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>Name within the model.</summary>
    public string Name => Layout.Name;

    /// <summary>Sizes, outermost first.</summary>
    public IReadOnlyList<int> Shape => Layout.Shape;

    /// <summary>The elements: the last size is the columns, the product of the others the rows; a vector is one row.</summary>
    public Matrix<T> Value { get; }

    /// <summary>The gradient of the loss, as <see cref="Value"/>.</summary>
    public Matrix<T> Gradient { get; }

    /// <summary>The matrices that the tensor is made of: none for a vector.</summary>
    public IReadOnlyList<ParameterMatrix<T>> Matrices { get; }

    /// <summary>Number of elements.</summary>
    public int Count => Value.Count;

    private ParameterMatrix<T> Part(string name, int index, int rows) =>
        new(name, Value.RowSlice(index * rows, rows), Gradient.RowSlice(index * rows, rows));
}
