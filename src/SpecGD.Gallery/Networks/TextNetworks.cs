using SpecGD.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Gallery.Networks;

/// <summary>Two causal blocks over 64 characters: (batch, time) to logits (batch, time, characters).</summary>
internal sealed class CharacterTransformer : nn.Module<Tensor, Tensor>
{
    private const int Width = 64;

    private readonly Embedding embed = nn.Embedding(GalleryCorpus.Characters, Width), positions = nn.Embedding(GalleryCorpus.Time, Width);
    private readonly ModuleList<TransformerBlock> blocks;
    private readonly LayerNorm norm = nn.LayerNorm(Width);
    private readonly Linear head = nn.Linear(Width, GalleryCorpus.Characters, hasBias: false);

    public CharacterTransformer(MlpKind kind, LinearFactory? linear = null)
        : base(nameof(CharacterTransformer))
    {
        blocks = nn.ModuleList(new TransformerBlock(Width, kind, isCausal: true, linear), new TransformerBlock(Width, kind, isCausal: true, linear));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var x = embed.call(input).Plus(positions.call(HeldNumbers.Range(0, input.shape[1], ScalarType.Int64)));
        foreach (var block in blocks)
            x = block.call(x);
        return head.call(norm.call(x));
    }
}

/// <summary>Two LSTM layers of 96 units, written with linear layers: (batch, time) to logits (batch, time, characters).</summary>
internal sealed class LstmNetwork : nn.Module<Tensor, Tensor>
{
    private const int Width = 64, Units = 96;

    private readonly Embedding embed = nn.Embedding(GalleryCorpus.Characters, Width);
    private readonly Linear inputs1 = nn.Linear(Width, 4 * Units), hidden1 = nn.Linear(Units, 4 * Units, hasBias: false);
    private readonly Linear inputs2 = nn.Linear(Units, 4 * Units), hidden2 = nn.Linear(Units, 4 * Units, hasBias: false);
    private readonly Linear head = nn.Linear(Units, GalleryCorpus.Characters);

    public LstmNetwork()
        : base(nameof(LstmNetwork)) => RegisterComponents();

    public override Tensor forward(Tensor input) => head.call(Layer(Layer(embed.call(input), inputs1, hidden1), inputs2, hidden2));

    /// <summary>Gates i, f, g, o; c ← f c + i g, h ← o tanh(c).</summary>
    private static Tensor Layer(Tensor x, Linear inputs, Linear hidden)
    {
        var fromInputs = inputs.call(x); // (batch, time, 4 · units)
        Tensor h = zeros(x.shape[0], Units), c = zeros(x.shape[0], Units);
        var all = new List<Tensor>();
        for (long t = 0; t < x.shape[1]; t++)
        {
            var gates = fromInputs.select(1, t).Plus(hidden.call(h)).chunk(4, 1);
            c = (gates[1].sigmoid() * c).Plus(gates[0].sigmoid() * gates[2].tanh());
            h = gates[3].sigmoid() * c.tanh();
            all.Add(h);
        }
        return stack(all, 1);
    }
}

/// <summary>A linear layer that rests, and an adapter beside it that learns: x Wᵀ + x Aᵀ Bᵀ, with B zero at first.</summary>
internal sealed class LowRankLinear : nn.Module<Tensor, Tensor>
{
    private const int Rank = 8, PretrainingSteps = 200;
    private const double PretrainingRate = 3e-3;

    private readonly Linear weight0;
    private readonly Linear lora_a, lora_b;

    private LowRankLinear(int inputs, int outputs)
        : base(nameof(LowRankLinear))
    {
        (weight0, lora_a, lora_b) = (nn.Linear(inputs, outputs, hasBias: false), nn.Linear(inputs, Rank, hasBias: false), nn.Linear(Rank, outputs, hasBias: false));
        nn.init.zeros_(lora_b.weight);
        RegisterComponents();
    }

    /// <summary>The layer, as networks take it.</summary>
    public static nn.Module<Tensor, Tensor> Create(int inputs, int outputs) => new LowRankLinear(inputs, outputs);

    public override Tensor forward(Tensor input) => weight0.call(input).Plus(lora_b.call(lora_a.call(input)));

    /// <summary>Trains everything but the adapters on the dictionary with AdamW; from then on the adapters alone learn.</summary>
    public static void Pretrain(nn.Module<Tensor, Tensor> model, GalleryCorpus corpus, ulong seed)
    {
        SetLearning(model, isAdapter => !isAdapter);
        var order = corpus.Order(GalleryData.Dictionary, seed);
        using var adam = new TwoOptimizers(model, isSgd: false);
        var none = new HashSet<string>();
        for (int step = 0; step < PretrainingSteps; step++)
        {
            using var scope = NewDisposeScope();
            model.zero_grad();
            var (inputs, targets) = order.Next(16);
            nn.functional.cross_entropy(model.call(inputs).reshape(-1, GalleryCorpus.Characters), targets.reshape(-1)).backward();
            adam.Step(none, PretrainingRate);
        }
        model.zero_grad();
        SetLearning(model, isAdapter => isAdapter);
    }

    private static void SetLearning(nn.Module model, Func<bool, bool> learns)
    {
        foreach (var (name, parameter) in model.named_parameters())
            parameter.requires_grad_(learns(name.Contains(".lora_", StringComparison.Ordinal)));
    }
}
