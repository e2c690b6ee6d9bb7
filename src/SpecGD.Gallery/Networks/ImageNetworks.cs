using SpecGD.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace SpecGD.Gallery.Networks;

/// <summary>Three convolutions with pooling, and two linear layers: (batch, 784) to (batch, 10).</summary>
internal sealed class ConvolutionalNetwork : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d conv1 = nn.Conv2d(1, 16, 3, padding: 1), conv2 = nn.Conv2d(16, 32, 3, padding: 1), conv3 = nn.Conv2d(32, 32, 3, padding: 1), conv4 = nn.Conv2d(32, 32, 3, padding: 1);
    private readonly Linear fc1 = nn.Linear(32 * 7 * 7, 64), fc2 = nn.Linear(64, 10);

    public ConvolutionalNetwork()
        : base(nameof(ConvolutionalNetwork)) => RegisterComponents();

    public override Tensor forward(Tensor input)
    {
        var x = F.max_pool2d(conv1.call(input.view(-1, 1, 28, 28)).relu(), 2); // (batch, 16, 14, 14)
        x = F.max_pool2d(conv2.call(x).relu(), 2); // (batch, 32, 7, 7)
        x = conv4.call(conv3.call(x).relu()).relu();
        return fc2.call(fc1.call(x.flatten(1)).relu());
    }
}

/// <summary>Two convolutions with batch norm beside what skips them; the first halves the picture where widths differ.</summary>
internal sealed class ResidualBlock : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d conv1, conv2;
    private readonly BatchNorm2d norm1, norm2;
    private readonly Conv2d? skip;

    public ResidualBlock(int from, int to)
        : base(nameof(ResidualBlock))
    {
        int stride = from == to ? 1 : 2;
        (conv1, norm1) = (nn.Conv2d(from, to, 3, stride: stride, padding: 1, bias: false), nn.BatchNorm2d(to));
        (conv2, norm2) = (nn.Conv2d(to, to, 3, padding: 1, bias: false), nn.BatchNorm2d(to));
        skip = from == to ? null : nn.Conv2d(from, to, 1, stride: stride, bias: false);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var x = norm2.call(conv2.call(norm1.call(conv1.call(input)).relu()));
        return x.Plus(skip is null ? input : skip.call(input)).relu();
    }
}

/// <summary>A stem, three residual blocks of 16 and 32 channels, and a linear head: (batch, 784) to (batch, 10).</summary>
internal sealed class ResidualNetwork : nn.Module<Tensor, Tensor>
{
    private readonly Conv2d stem = nn.Conv2d(1, 16, 3, stride: 2, padding: 1, bias: false);
    private readonly BatchNorm2d norm = nn.BatchNorm2d(16);
    private readonly ResidualBlock block1 = new(16, 16), block2 = new(16, 32), block3 = new(32, 32);
    private readonly Linear head = nn.Linear(32, 10);

    public ResidualNetwork()
        : base(nameof(ResidualNetwork)) => RegisterComponents();

    public override Tensor forward(Tensor input)
    {
        var x = norm.call(stem.call(input.view(-1, 1, 28, 28))).relu(); // (batch, 16, 14, 14)
        x = block3.call(block2.call(block1.call(x))); // (batch, 32, 7, 7)
        return head.call(x.mean([2, 3]));
    }
}

/// <summary>Sixteen patches of 7 × 7 pixels, two blocks of attention over all of them, and the mean into a head: (batch, 784) to (batch, 10).</summary>
internal sealed class VisionTransformer : nn.Module<Tensor, Tensor>
{
    private const int Width = 64, Side = 7, Patches = 16;

    private readonly Linear patches = nn.Linear(Side * Side, Width), head = nn.Linear(Width, 10);
    private readonly Embedding positions = nn.Embedding(Patches, Width);
    private readonly ModuleList<TransformerBlock> blocks = nn.ModuleList(new TransformerBlock(Width, MlpKind.Gelu, isCausal: false), new TransformerBlock(Width, MlpKind.Gelu, isCausal: false));
    private readonly LayerNorm norm = nn.LayerNorm(Width);

    public VisionTransformer()
        : base(nameof(VisionTransformer)) => RegisterComponents();

    public override Tensor forward(Tensor input)
    {
        var cut = input.view(-1, 4, Side, 4, Side).transpose(2, 3).reshape(-1, Patches, Side * Side);
        var x = patches.call(cut).Plus(positions.call(HeldNumbers.Range(0, Patches, ScalarType.Int64)));
        foreach (var block in blocks)
            x = block.call(x);
        return head.call(norm.call(x).mean([1]));
    }
}
