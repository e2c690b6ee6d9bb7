using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Torch;

/// <summary>
/// A convolution over one or two dimensions multiplies patches: for each output position the (in / groups) · kernel values beneath the kernel, ordered as
/// the weight is stored. A grouped one is one layer a group.
/// </summary>
internal sealed class WatchedConvolution : WatchedLayer
{
    /// <summary>A convolution with more groups than this is listed but not measured: each of its matrices would have a handful of rows.</summary>
    private const long MostGroups = 16;

    /// <summary>Patches made at a time.</summary>
    private const long Slice = 4096;

    private readonly Convolution _convolution;

    public WatchedConvolution(string name, Convolution module, string parameterName, LayerProbeOptions options, Random random)
        : base(name, module, parameterName, options, random)
    {
        _convolution = module;
        if (module.groups is not (> 1 and <= MostGroups))
            return;
        long each = Outputs / module.groups;
        Seen = [.. Enumerable.Range(0, (int)module.groups).Select(_ => new RowMoments(options, random))];
        Pieces =
        [
            .. Enumerable.Range(0, (int)module.groups).Select(g =>
                new LayerPiece($".group{g}", [.. Enumerable.Range(0, (int)each).Select(i => (g * each) + i)], g, $"{name}.group{g}")),
        ];
    }

    public override string Kind => "conv";

    public override string Layout => "conv";

    public override bool IsUnseen => _convolution.groups > MostGroups;

    public override Tensor Matrix(Tensor parameter) => parameter.reshape(parameter.shape[0], -1);

    protected override void See(Tensor input)
    {
        if (IsUnseen)
            return;
        using var scope = NewDisposeScope();
        var x = Padded(input.detach());
        long images = x.shape[0], channels = x.shape[1] / Seen.Length;
        var (kernel, stride, dilation) = (TwoOf(_convolution.kernel_size), TwoOf(_convolution.stride), TwoOf(_convolution.dilation));
        long positions = Positions(x.shape[2], kernel.Item1, stride.Item1, dilation.Item1) * Positions(x.shape[3], kernel.Item2, stride.Item2, dilation.Item2);
        long together = Math.Max(1, Slice / Math.Max(1, positions)); // images unfolded at a time
        foreach (var (group, seen) in Seen.Index())
        {
            var part = x.narrow(1, group * channels, channels);
            seen.Add(images * positions, images, together * positions, (begin, count) =>
                nn.functional.unfold(part.narrow(0, begin / positions, count / positions), kernel, dilation, (0, 0), stride).transpose(1, 2).flatten(0, 1));
        }
    }

    /// <summary>The input with its padding, as (images, channels, height, width); a line is an image of height 1.</summary>
    private Tensor Padded(Tensor input)
    {
        int space = _convolution.kernel_size.Length;
        var x = input.dim() == space + 1 ? input.unsqueeze(0) : input;
        var pads = new long[2 * space]; // the last dimension first, each before and behind
        for (int i = 0; i < space; i++)
        {
            long total = _convolution.padding_type switch
            {
                Padding.Same => _convolution.dilation[i] * (_convolution.kernel_size[i] - 1),
                Padding.Valid => 0,
                _ => -1,
            };
            int at = 2 * (space - 1 - i);
            (pads[at], pads[at + 1]) = total >= 0 ? (total / 2, total - (total / 2)) : (_convolution.padding![i], _convolution.padding[i]);
        }
        if (Array.Exists(pads, pad => pad != 0))
            x = nn.functional.pad(x, pads, _convolution.padding_mode == PaddingModes.Zeros ? PaddingModes.Constant : _convolution.padding_mode);
        return space == 1 ? x.unsqueeze(2) : x;
    }

    private static (long, long) TwoOf(long[] sizes) => sizes is [var one] ? (1, one) : (sizes[0], sizes[1]);

    private static long Positions(long size, long kernel, long stride, long dilation) => ((size - (dilation * (kernel - 1)) - 1) / stride) + 1;
}
