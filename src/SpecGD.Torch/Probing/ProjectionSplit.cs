namespace SpecGD.Torch;

/// <summary>The parts of a fused projection: names, and which outputs (rows of the weight) belong to each.</summary>
public sealed class ProjectionSplit
{
    private readonly Func<string, long, IReadOnlyList<(string Name, long[] Outputs)>> _parts;

    private ProjectionSplit(Func<string, long, IReadOnlyList<(string, long[])>> parts) => _parts = parts;

    /// <summary>Parts of equal size, one behind the other: q, k and v of a fused QKV.</summary>
    public static ProjectionSplit Equal(params IReadOnlyList<string> names) => new((layer, outputs) =>
        names.Count > 0 && outputs % names.Count == 0
            ? Consecutive(names.Select(name => (name, outputs / names.Count)))
            : throw new ArgumentException($"The {outputs} outputs of '{layer}' are no {Counted.Of(names.Count, "equal part")}."));

    /// <summary>Parts of different sizes, one behind the other, as where several queries share keys and values.</summary>
    public static ProjectionSplit Sizes(params IReadOnlyList<(string Name, long Size)> parts) => new((layer, outputs) =>
        parts.Sum(part => part.Size) == outputs
            ? Consecutive(parts)
            : throw new ArgumentException($"The parts of '{layer}' have {parts.Sum(part => part.Size)} outputs together, it has {outputs}."));

    /// <summary>Head by head: q of head 0, k of head 0, v of head 0, q of head 1, and so on, as in GPT-NeoX.</summary>
    public static ProjectionSplit Interleaved(int heads, params IReadOnlyList<string> names) => new((layer, outputs) =>
    {
        long each = heads * (long)names.Count is var pieces and > 0 && outputs % pieces == 0
            ? outputs / pieces
            : throw new ArgumentException($"The {outputs} outputs of '{layer}' are no {Counted.Of(heads, "head")} of {Counted.Of(names.Count, "part")}.");
        return
        [
            .. names.Select((name, i) => (name, Enumerable.Range(0, heads).SelectMany(head => Range(((head * names.Count) + i) * each, each)).ToArray())),
        ];
    });

    internal IReadOnlyList<(string Name, long[] Outputs)> Of(string layer, long outputs) => _parts(layer, outputs);

    private static List<(string, long[])> Consecutive(IEnumerable<(string Name, long Size)> parts)
    {
        var result = new List<(string, long[])>();
        long at = 0;
        foreach (var (name, size) in parts)
        {
            result.Add((name, [.. Range(at, size)]));
            at += size;
        }
        return result;
    }

    private static IEnumerable<long> Range(long begin, long count)
    {
        for (long i = 0; i < count; i++)
            yield return begin + i;
    }
}
