using System.Text.Json.Nodes;
using SpecGD.Models.Gpt;
using SpecGD.Records;

namespace SpecGD.Tests.Models.Gpt;

/// <summary>The golden NanoGPT cases: parameters, tokens, gradients and losses of an independent implementation in float64.</summary>
internal static class GptGolden
{
    public static string PathOf(string name) => Path.Combine(AppContext.BaseDirectory, "golden", name);

    public static JsonObject Record(string name) => LenientJson.ReadObject(PathOf(name + ".json"), "a golden record");

    public static SafetensorsFile Tensors(string name) => SafetensorsFile.Open(PathOf(name + ".safetensors"));

    public static GptShape Shape(JsonObject record) => new()
    {
        Vocabulary = (int)record["config"]!["vocab"]!,
        Layers = (int)record["config"]!["layers"]!,
        Heads = (int)record["config"]!["heads"]!,
        Width = (int)record["config"]!["dim"]!,
        EndOfText = (int)record["config"]!["eot"]!,
    };

    public static GptParameters<T> Parameters<T>(SafetensorsFile file, GptShape shape)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        var parameters = new GptParameters<T>(shape);
        foreach (var tensor in parameters.All)
            file.ReadInto(file.Entry($"param.{tensor.Name}"), tensor.Value);
        return parameters;
    }

    /// <summary>Row <paramref name="row"/> of the tokens: T inputs and, one on, their targets.</summary>
    public static int[] Tokens(SafetensorsFile file, int row)
    {
        int length = (int)file.Entry("tokens").Shape[1];
        return [.. file.ReadIntegers("tokens").Skip(row * length).Take(length).Select(t => (int)t)];
    }
}
