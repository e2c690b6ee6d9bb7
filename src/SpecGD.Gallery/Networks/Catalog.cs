using static TorchSharp.torch;

namespace SpecGD.Gallery.Networks;

/// <summary>The networks of the gallery, in the order of its tables.</summary>
internal static class Catalog
{
    /// <summary>The names, as the option takes them.</summary>
    public const string Names = "perceptron,convnet,resnet,vit,transformer,swiglu,mixture,lstm,lora,autoencoder";

    private const int Pixels = 784, Classes = 10, Hidden = 128, Code = 32;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<GalleryNetwork> All { get; } =
    [
        new("perceptron", "ReLU perceptron with six matrices", GalleryData.Digits, 128, 400, ["fc1", "fc6"], () => Perceptron(Pixels, Hidden, Hidden, Hidden, Hidden, Hidden, Classes)),
        new("convnet", "convolutions and two linear layers", GalleryData.ChangedDigits, 64, 300, ["conv1", "fc2"], () => new ConvolutionalNetwork()),
        new("resnet", "residual blocks with batch norm", GalleryData.ChangedDigits, 64, 300, ["stem", "head"], () => new ResidualNetwork()),
        new("vit", "vision transformer with patches of 7 × 7", GalleryData.ChangedDigits, 64, 400, ["patches", "positions", "head"], () => new VisionTransformer()),
        new("transformer", "transformer with ReLU² on characters", GalleryData.Dictionary, 16, 400, ["embed", "positions", "head"], () => new CharacterTransformer(MlpKind.SquaredRelu)),
        new("swiglu", "transformer with SwiGLU on characters", GalleryData.Dictionary, 16, 400, ["embed", "positions", "head"], () => new CharacterTransformer(MlpKind.SwiGlu)),
        new("mixture", "transformer whose MLPs are four experts, one a token", GalleryData.Dictionary, 16, 400,
            ["embed", "positions", "head", "blocks.0.mlp.router", "blocks.1.mlp.router"], () => new CharacterTransformer(MlpKind.Experts)),
        new("lstm", "LSTM on characters", GalleryData.Dictionary, 16, 400, ["embed", "head"], () => new LstmNetwork()),
        new("lora", "low-rank adapters of a SwiGLU transformer, from the dictionary to the Bible", GalleryData.Bible, 16, 300, [], () => new CharacterTransformer(MlpKind.SwiGlu, LowRankLinear.Create))
        {
            Prepare = LowRankLinear.Pretrain,
        },
        new("autoencoder", "autoencoder of digits", GalleryData.DigitsThemselves, 128, 400, ["fc1", "fc6"], () => Perceptron(Pixels, Hidden, Hidden / 2, Code, Hidden / 2, Hidden, Pixels)),
    ];

    /// <summary>The network called <paramref name="name"/>.</summary>
    /// <exception cref="BadInputException">There is none of that name.</exception>
    public static GalleryNetwork Named(string name) => All.FirstOrDefault(network => network.Name == name)
        ?? throw new BadInputException($"There is no network '{name}'; there are {string.Join(", ", All.Select(network => network.Name))}.{Spelling.Hint(name, All.Select(network => network.Name))}");

    /// <summary>Linear layers fc1, fc2, … of the given widths with ReLU between them.</summary>
    private static nn.Module<Tensor, Tensor> Perceptron(params int[] widths) => nn.Sequential(
        [.. Enumerable.Range(1, widths.Length - 1).SelectMany(i => new (string, nn.Module<Tensor, Tensor>)[] { ($"fc{i}", nn.Linear(widths[i - 1], widths[i])), ($"relu{i}", nn.ReLU()) }).SkipLast(1)]);
}
