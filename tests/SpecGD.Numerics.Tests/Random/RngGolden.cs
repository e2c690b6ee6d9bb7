using System.Text.Json;

namespace SpecGD.Numerics.Tests.Random;

/// <summary>PyTorch's own numbers, golden/rng.json, and the comparison that every vector of it goes through.</summary>
internal static class RngGolden
{
    /// <summary>The seed of every vector whose name gives none.</summary>
    public const ulong Seed = 5;

    private static readonly JsonElement Root = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "golden", "rng.json"))).RootElement;

    /// <summary>The vector of that name.</summary>
    public static double[] Vector(string name) => Numbers(Root.GetProperty(name));

    /// <summary>Draw number <paramref name="index"/> of the sequence of that name.</summary>
    public static double[] Vector(string name, int index) => Numbers(Root.GetProperty(name)[index]);

    /// <summary>Places where the two differ by more than <paramref name="relative"/> of the golden value; 0 asks for the same bits.</summary>
    public static int[] Differences(ReadOnlySpan<double> drawn, ReadOnlySpan<double> golden, double relative)
    {
        drawn.Length.ShouldBe(golden.Length);
        var places = new List<int>();
        for (int i = 0; i < golden.Length; i++)
            if (!(Math.Abs(drawn[i] - golden[i]) <= relative * Math.Abs(golden[i])))
                places.Add(i);
        return [.. places];
    }

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(x => x.GetDouble())];
}
