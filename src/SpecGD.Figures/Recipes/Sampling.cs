namespace SpecGD.Figures.Recipes;

/// <summary>A few of many, evenly spread.</summary>
internal static class Sampling
{
    /// <summary>Frames of an animation that anyone would sit through, and that make a file of a few megabytes.</summary>
    public const int MostFrames = 120;

    /// <summary>At most <paramref name="most"/> of <paramref name="items"/>, the first and the last among them, in order.</summary>
    public static IReadOnlyList<T> Spread<T>(IReadOnlyList<T> items, int most) => items.Count <= most
        ? items
        : [.. Enumerable.Range(0, most).Select(i => items[(int)((long)i * (items.Count - 1) / (most - 1))])];
}
