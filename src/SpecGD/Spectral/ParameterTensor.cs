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
    /// <param name="name">Name within the model.</param>
    /// <param name="shape">One size for a vector, two for a matrix, three for a stack of matrices.</param>
    /// <param name="parts">Names of the matrices of a stack.</param>
    /// <exception cref="ArgumentException">The shape has another number of sizes, or there are more or fewer names than matrices.</exception>
    public ParameterTensor(string name, IReadOnlyList<int> shape, params IReadOnlyList<string> parts)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(parts);
        int matrices = shape.Count switch { 1 => 0, 2 => 1, 3 => shape[0], _ => throw new ArgumentException($"'{name}' has {shape.Count} sizes; one to three are known.", nameof(shape)) };
        if (parts.Count != (shape.Count == 3 ? matrices : 0))
            throw new ArgumentException($"'{name}' is a stack of {matrices} matrices with {parts.Count} names.", nameof(parts));
        Name = name;
        Shape = shape;
        int columns = shape[^1], rows = shape.SkipLast(1).Aggregate(1, (product, size) => checked(product * size));
        Value = new Matrix<T>(rows, columns);
        Gradient = new Matrix<T>(rows, columns);
        Matrices = [.. Enumerable.Range(0, matrices).Select(i => Part(parts.Count == 0 ? name : $"{name}.{parts[i]}", i, rows / matrices))];
    }

    /// <summary>Name within the model.</summary>
    public string Name { get; }

    /// <summary>Sizes, outermost first.</summary>
    public IReadOnlyList<int> Shape { get; }

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
