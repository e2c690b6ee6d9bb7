namespace SpecGD.Numerics.LinearAlgebra;

/// <summary>How many eigenvectors are wanted, those of the smallest eigenvalues, told once all eigenvalues are known.</summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
/// <param name="ascending">All eigenvalues.</param>
/// <returns>Between none and all of them.</returns>
public delegate int LowestVectorsWanted<T>(ReadOnlySpan<T> ascending);
