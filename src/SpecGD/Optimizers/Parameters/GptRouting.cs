namespace SpecGD.Optimizers.Parameters;

/// <summary>Routing tables for the tensors of a GPT: which matrices take spectral steps.</summary>
public static class GptRouting
{
    /// <summary>Names of all, separated by commas.</summary>
    public const string Names = "muon,muon-mlp-output,adam";

    /// <summary>
    /// Factor on Adam's learning rate for matrices within the blocks where Muon does not take them: 0.002 at the default. The snapshot never
    /// does this, so the value is ours.
    /// </summary>
    private const double HiddenMultiplier = 0.25;

    /// <summary>Muon on all attention and MLP matrices, Adam on the rest, as the snapshot trains.</summary>
    public static RoutingTable Muon(MuonRule muon, AdamRule adam) =>
        new("muon", [new("blocks.*", muon, 1, "matrix within a block: nr of its gradient is far above st of what enters"), .. Rest(adam)]);

    /// <summary>Muon on the output matrix of each MLP alone, Adam on the rest: what nr(G) ≥ st(A) favours most.</summary>
    public static RoutingTable MuonMlpOutput(MuonRule muon, AdamRule adam) =>
        new("muon-mlp-output",
        [
            new("blocks.*.mlp.c_proj", muon, 1, "MLP output: its post-activations have the lowest stable rank"),
            new("blocks.*", adam, HiddenMultiplier, "matrix within a block, Euclidean for comparison"),
            .. Rest(adam),
        ]);

    /// <summary>Adam on everything.</summary>
    public static RoutingTable Adam(AdamRule adam) =>
        new("adam", [new("blocks.*", adam, HiddenMultiplier, "matrix within a block, Euclidean for comparison"), .. Rest(adam)]);

    /// <summary>The table called <paramref name="name"/>.</summary>
    /// <exception cref="BadInputException">There is none of that name.</exception>
    public static RoutingTable Named(string name, MuonRule muon, AdamRule adam) => name switch
    {
        "muon" => Muon(muon, adam),
        "muon-mlp-output" => MuonMlpOutput(muon, adam),
        "adam" => Adam(adam),
        _ => throw new BadInputException($"There is no routing '{name}'; there are {Names.Replace(",", ", ", StringComparison.Ordinal)}."),
    };

    private static IEnumerable<Route> Rest(AdamRule adam) =>
    [
        new("embed.weight", adam, 75, "token embedding: its rows are looked up"),
        new("value_embeds.*", adam, 75, "value embedding: its rows are looked up"),
        new("lm_head.weight", adam, 27.5, "language model head"),
        new("scalars", adam, 5, "no matrix"),
    ];
}
