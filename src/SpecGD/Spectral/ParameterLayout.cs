namespace SpecGD.Spectral;

/// <summary>Name and sizes of a parameter, without its numbers: what routing, estimates and files need to know of it.</summary>
public sealed record ParameterLayout
{
    /// <summary>A vector, a matrix or a stack of matrices.</summary>
    /// <param name="name">Name within the model.</param>
    /// <param name="shape">One size for a vector, two for a matrix, three for a stack of matrices.</param>
    /// <param name="parts">Names of the matrices of a stack.</param>
    /// <exception cref="ArgumentException">The shape has another number of sizes, or there are more or fewer names than matrices.</exception>
    public ParameterLayout(string name, IReadOnlyList<int> shape, params IReadOnlyList<string> parts)
    {
        ArgumentNullException.ThrowIfNull(shape);
        ArgumentNullException.ThrowIfNull(parts);
        Matrices = shape.Count switch
        {
            1 => 0,
            2 => 1,
            3 => shape[0],
            _ => throw new ArgumentException($"'{name}' has {shape.Count} sizes; one to three are known.", nameof(shape)),
        };
        if (parts.Count != (shape.Count == 3 ? Matrices : 0))
            throw new ArgumentException($"'{name}' is a stack of {Matrices} matrices with {parts.Count} names.", nameof(parts));
        (Name, Shape, Parts) = (name, shape, parts);
        Rows = shape.SkipLast(1).Aggregate(1, (product, size) => checked(product * size));
    }

    /// <summary>Name within the model.</summary>
    public string Name { get; }

    /// <summary>Sizes, outermost first.</summary>
    public IReadOnlyList<int> Shape { get; }

    /// <summary>Names of the matrices of a stack; none else.</summary>
    public IReadOnlyList<string> Parts { get; }

    /// <summary>How many matrices it is made of: none for a vector.</summary>
    public int Matrices { get; }

    /// <summary>The product of all sizes but the last; 1 for a vector.</summary>
    public int Rows { get; }

    /// <summary>The last size.</summary>
    public int Columns => Shape[^1];

    /// <summary>The name of the matrix at <paramref name="index"/>: the tensor's, with the part's behind it where it is a stack.</summary>
    public string NameOfMatrix(int index) => Parts.Count == 0 ? Name : $"{Name}.{Parts[index]}";

    /// <summary>Number of elements.</summary>
    public long Count => (long)Rows * Columns;
}
