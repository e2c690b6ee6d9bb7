using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;

namespace SpecGD.Tests.Models.Gpt;

/// <summary>Parameters and tokens for tests that need any in which nothing is zero.</summary>
internal static class GptDrawn
{
    private const int Length = 2 * AttentionMask.BlockSize;

    /// <summary>Tokens with documents that begin within blocks.</summary>
    public static int[] Tokens()
    {
        var random = new TorchRandom(9);
        int[] tokens = [.. Enumerable.Range(0, Length).Select(_ => 1 + (int)(random.NextUniform() * 18))];
        tokens[0] = tokens[70] = tokens[200] = 0;
        return tokens;
    }

    /// <summary>Parameters of size about 0.3 everywhere, so that no gradient is zero.</summary>
    public static GptParameters<double> Parameters(GptShape shape)
    {
        var parameters = new GptParameters<double>(shape);
        var random = new TorchRandom(10);
        foreach (var tensor in parameters.All)
        {
            random.FillNormal(tensor.Value.AsSpan());
            tensor.Value.Scale(0.3);
        }
        return parameters;
    }
}
