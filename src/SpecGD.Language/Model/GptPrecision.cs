using static TorchSharp.torch;

namespace SpecGD.Language.Model;

/// <summary>The types of numbers that a model computes with.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Weights">Of the parameters and their gradients.</param>
/// <param name="Activations">Of activations and products: weights are cast at the product.</param>
/// <param name="Wide">Of what is summed or turned: norms, rotations, logits.</param>
public sealed record GptPrecision(string Name, ScalarType Weights, ScalarType Activations, ScalarType Wide)
{
    /// <summary>Names of all, separated by commas.</summary>
    public const string Names = "bf16,f32,f64";

    /// <summary>
    /// Activations and products in bfloat16, norms, rotations and logits in float32. The snapshot keeps its embeddings in bfloat16 too; here all
    /// parameters are float32.
    /// </summary>
    public static GptPrecision BF16 { get; } = new("bf16", ScalarType.Float32, ScalarType.BFloat16, ScalarType.Float32);

    /// <summary>Everything in float32.</summary>
    public static GptPrecision F32 { get; } = new("f32", ScalarType.Float32, ScalarType.Float32, ScalarType.Float32);

    /// <summary>Everything in double, for verification.</summary>
    public static GptPrecision F64 { get; } = new("f64", ScalarType.Float64, ScalarType.Float64, ScalarType.Float64);

    /// <summary>Distance from 1 to the next number of the activations' type: ε of the norm.</summary>
    internal double Epsilon => Activations switch
    {
        ScalarType.BFloat16 => 1.0 / (1 << 7),
        ScalarType.Float32 => 1.0 / (1 << 23),
        _ => Math.BitIncrement(1.0) - 1,
    };

    /// <summary>The precision called <paramref name="name"/>.</summary>
    /// <exception cref="BadInputException">There is none of that name.</exception>
    public static GptPrecision Named(string name) => new[] { BF16, F32, F64 }.FirstOrDefault(p => p.Name == name)
        ?? throw new BadInputException($"There is no precision '{name}'; there are {Names.Replace(",", ", ", StringComparison.Ordinal)}.{Spelling.Hint(name, Names)}");
}
