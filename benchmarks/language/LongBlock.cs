using System.Diagnostics;
using System.Globalization;
using SpecGD.Language.Model;
using SpecGD.Models.Gpt;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Language.Benchmark;

/// <summary>
/// One block of the 124M model, forward and backward, on one sequence as long as the snapshot's, whose T × T scores would not fit into most memories.
/// </summary>
internal static class LongBlock
{
    /// <summary>⌈1728/128⌉: the snapshot's largest window in blocks of 128 tokens.</summary>
    private const int Window = 14;

    /// <summary>Runs it and says how long it took, and what memory.</summary>
    public static void Run(int length, GptPrecision precision, Device device)
    {
        var shape = new GptShape();
        using var scope = NewDisposeScope();
        using var without = no_grad();
        var block = new GptBlock(shape, 0, Weight);
        using var saved = new BlockActivations(shape, 0, length, precision, device);
        var mask = new AttentionMask(length);
        mask.Set(new int[length], shape.EndOfText, Window); // one document
        var ranges = BlockRanges.Of(mask, precision, device);
        var x = randn([length, shape.Width], precision.Activations, device);
        var (start, factor) = RmsNorm.Of(x, precision);
        var pass = new GptPass(shape, precision, observer: null)
        {
            Start = start,
            StartFactor = factor,
            Scalars = [.. Enumerable.Repeat(0.5, 5 * shape.Layers)],
            Values = [.. Enumerable.Range(0, GptShape.ValueEmbeddings).Select(_ => x)],
            Attend = (_, q, k, v, logSums) => ranges.Attend(q, k, v, logSums),
            AttendBackward = (_, saved, gradient) => ranges.AttendBackward(saved, gradient),
            Rotary = Rotary.Of(shape.HeadWidth, 0, length, precision, device),
            Gains = BlockRanges.Gains(shape.Heads, shape.HeadWidth, precision, device),
        };
        var watch = Stopwatch.StartNew();
        var y = block.Forward(x, skip: null, pass, saved);
        double forward = watch.Elapsed.TotalSeconds;
        using var gradients = new GptGradients(pass, Weight(GptShape.ScalarsName));
        double size = block.Backward(y, skip: null, pass, saved, gradients).norm().ToDouble();
        double backward = watch.Elapsed.TotalSeconds - forward;
        long scores = (long)shape.Heads * length * length * saved.Stream.ElementSize;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"one block of 124M, {length} tokens, {precision.Name}: forward {forward:0.0} s, backward {backward:0.0} s, peak {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB; "
            + $"kept {saved.Bytes >> 20} MiB, scores of T × T would be {scores >> 20} MiB; gradient of norm {size:0.000}"));

        Parameter Weight(string name)
        {
            var layout = shape.Layouts().Single(l => l.Name == name);
            return new Parameter((randn([.. layout.Shape.Select(s => (long)s)], precision.Weights, device) * 0.02).DetachFromDisposeScope());
        }
    }
}
