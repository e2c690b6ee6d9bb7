using SpecGD.Torch;
using TorchSharp.Modules;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace SpecGD.Gallery.Networks;

/// <summary>What stands between the two matrices of an MLP.</summary>
internal enum MlpKind
{
    /// <summary>GELU.</summary>
    Gelu,

    /// <summary>ReLU, squared.</summary>
    SquaredRelu,

    /// <summary>SiLU of a gate, times a second projection.</summary>
    SwiGlu,

    /// <summary>Four experts with ReLU², of which each token takes one.</summary>
    Experts,
}

/// <summary>x + attention(norm(x)), then x + mlp(norm(x)): (batch, time, width) to the same.</summary>
internal sealed class TransformerBlock : nn.Module<Tensor, Tensor>
{
    private readonly LayerNorm norm1, norm2;
    private readonly SelfAttention attn;
    private readonly nn.Module<Tensor, Tensor> mlp;

    public TransformerBlock(int width, MlpKind kind, bool isCausal, LinearFactory? linear = null)
        : base(nameof(TransformerBlock))
    {
        linear ??= Linears.Plain;
        (norm1, norm2) = (nn.LayerNorm(width), nn.LayerNorm(width));
        attn = new SelfAttention(width, isCausal, linear);
        mlp = kind == MlpKind.Experts ? new ExpertMlp(width) : new Mlp(width, kind, linear);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var x = input.Plus(attn.call(norm1.call(input)));
        return x.Plus(mlp.call(norm2.call(x)));
    }
}

/// <summary>Makes a linear layer of the given inputs and outputs, without bias.</summary>
internal delegate nn.Module<Tensor, Tensor> LinearFactory(int inputs, int outputs);

/// <summary>Ways to make linear layers.</summary>
internal static class Linears
{
    /// <summary>A linear layer as it is.</summary>
    public static nn.Module<Tensor, Tensor> Plain(int inputs, int outputs) => nn.Linear(inputs, outputs, hasBias: false);
}

/// <summary>Attention of four heads: (batch, time, width) to the same.</summary>
internal sealed class SelfAttention : nn.Module<Tensor, Tensor>
{
    private const int Heads = 4;

    private readonly nn.Module<Tensor, Tensor> q_proj, k_proj, v_proj, o_proj;
    private readonly bool _isCausal;

    public SelfAttention(int width, bool isCausal, LinearFactory linear)
        : base(nameof(SelfAttention))
    {
        _isCausal = isCausal;
        (q_proj, k_proj, v_proj, o_proj) = (linear(width, width), linear(width, width), linear(width, width), linear(width, width));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var (q, k, v) = (Split(q_proj.call(input)), Split(k_proj.call(input)), Split(v_proj.call(input))); // (batch, heads, time, width / heads)
        return o_proj.call(F.scaled_dot_product_attention(q, k, v, is_casual: _isCausal).transpose(1, 2).reshape(input.shape));
    }

    private static Tensor Split(Tensor x) => x.view(x.shape[0], x.shape[1], Heads, x.shape[2] / Heads).transpose(1, 2);
}

/// <summary>An MLP of four times the width; with a gate of three times.</summary>
internal sealed class Mlp : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> up_proj, down_proj;
    private readonly nn.Module<Tensor, Tensor>? gate_proj;
    private readonly MlpKind _kind;

    public Mlp(int width, MlpKind kind, LinearFactory linear)
        : base(nameof(Mlp))
    {
        _kind = kind;
        int hidden = width * (kind == MlpKind.SwiGlu ? 3 : 4);
        gate_proj = kind == MlpKind.SwiGlu ? linear(width, hidden) : null;
        (up_proj, down_proj) = (linear(width, hidden), linear(hidden, width));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var x = up_proj.call(input);
        return down_proj.call(_kind switch
        {
            MlpKind.SwiGlu => F.silu(gate_proj!.call(input)) * x,
            MlpKind.Gelu => F.gelu(x),
            _ => x.relu().Squared(),
        });
    }
}

/// <summary>Four MLPs; a router sends each token to one of them and weighs what it gives: (batch, time, width) to the same.</summary>
internal sealed class ExpertMlp : nn.Module<Tensor, Tensor>
{
    private const int Experts = 4;

    private readonly Linear router;
    private readonly ModuleList<Mlp> experts;

    public ExpertMlp(int width)
        : base(nameof(ExpertMlp))
    {
        router = nn.Linear(width, Experts, hasBias: false);
        experts = nn.ModuleList([.. Enumerable.Range(0, Experts).Select(_ => new Mlp(width, MlpKind.SquaredRelu, Linears.Plain))]);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var tokens = input.view(-1, input.shape[^1]);
        var weights = router.call(tokens).softmax(1); // (tokens, experts)
        var choice = weights.argmax(1);
        var sum = zeros_like(tokens);
        foreach (var (i, expert) in experts.Index())
        {
            var own = choice.Is(i).nonzero().view(-1);
            if (own.NumberOfElements == 0)
                continue;
            var given = expert.call(tokens.index_select(0, own)) * weights.index_select(0, own).select(1, i).unsqueeze(1);
            sum = sum.PlusAt(0, own, given);
        }
        return sum.view(input.shape);
    }
}
