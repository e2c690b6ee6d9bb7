using System.Globalization;

namespace SpecGD.Optimizers.Parameters;

/// <summary>Routing tables for the tensors of a GPT: which matrices take spectral steps.</summary>
/// <param name="muon">Muon's settings.</param>
/// <param name="adam">Adam's settings.</param>
public sealed class GptRouting(MuonRule muon, AdamRule adam)
{
    /// <summary>Names of all tables, separated by commas.</summary>
    public const string Names = "muon,muon-mlp-output,adam";

    /// <summary>Groups of tensors with a multiplier of their own on Adam's learning rate, separated by commas.</summary>
    public const string Groups = "embed,value_embeds,lm_head,scalars,blocks";

    private const string Embedding = "embed", ValueEmbeddings = "value_embeds", Head = "lm_head", Scalars = "scalars", Blocks = "blocks";

    /// <summary>
    /// The snapshot's multipliers, and one for matrices within the blocks where Muon does not take them: 0.002 at the default. The snapshot never
    /// does this, so that value is ours.
    /// </summary>
    public static IReadOnlyDictionary<string, double> DefaultMultipliers { get; } = new Dictionary<string, double>
    {
        [Embedding] = 75,
        [ValueEmbeddings] = 75,
        [Head] = 27.5,
        [Scalars] = 5,
        [Blocks] = 0.25,
    };

    /// <summary>Factors on Adam's learning rate, by group; the default where a group is not named.</summary>
    public IReadOnlyDictionary<string, double> Multipliers { get; init; } = DefaultMultipliers;

    /// <summary>
    /// Routes of the user's own, before those of the table: <c>PATTERN=muon</c>, <c>PATTERN=adam</c>, or with a multiplier on the learning rate
    /// <c>PATTERN=adam*10</c>.
    /// </summary>
    public IReadOnlyList<string> Own { get; init; } = [];

    /// <summary>
    /// Muon as it treats matrices stored in × out: of the scales, the snapshot's alone is meant for the shape as stored.
    /// </summary>
    private MuonRule InByOut => muon with { IsStoredInByOut = muon.Scale != MuonScale.Original };

    /// <summary>Muon on all attention and MLP matrices, Adam on the rest, as the snapshot trains.</summary>
    public static RoutingTable Muon(MuonRule muon, AdamRule adam) => Named("muon", muon, adam);

    /// <summary>Adam on everything.</summary>
    public static RoutingTable Adam(AdamRule adam) => Named("adam", new MuonRule(), adam);

    /// <summary>The table called <paramref name="name"/>, with the snapshot's multipliers.</summary>
    /// <exception cref="BadInputException">There is none of that name.</exception>
    public static RoutingTable Named(string name, MuonRule muon, AdamRule adam) => new GptRouting(muon, adam).Table(name);

    /// <summary>The table called <paramref name="name"/>: <c>muon</c> trains as the snapshot does, the other two are for comparison.</summary>
    /// <exception cref="BadInputException">There is none of that name, or a route of the user's own cannot be read.</exception>
    public RoutingTable Table(string name)
    {
        Route[] blocks = name switch
        {
            "muon" => [.. MuonWithin("blocks.*", "matrix within a block, as modded-NanoGPT does")],
            "muon-mlp-output" => [.. MuonWithin("blocks.*.mlp.c_proj", "MLP output, alone on Muon for comparison"), AdamWithin()],
            "adam" => [AdamWithin()],
            _ => throw new BadInputException($"There is no routing '{name}'; there are {Names.Replace(",", ", ", StringComparison.Ordinal)}.{Spelling.Hint(name, Names)}"),
        };
        return new RoutingTable(name, [.. Own.SelectMany(OwnRoutes).Select(route => route with { IsOfUser = true }), .. blocks, .. Rest()]);
    }

    private Route AdamWithin() => new("blocks.*", adam, Multiplier(Blocks), "matrix within a block, Euclidean for comparison");

    private IEnumerable<Route> Rest() =>
    [
        new("embed.weight", adam, Multiplier(Embedding), "token embedding: its rows are looked up"),
        new("value_embeds.*", adam, Multiplier(ValueEmbeddings), "value embedding: its rows are looked up"),
        new("lm_head.weight", adam, Multiplier(Head), "language model head"),
        new("scalars", adam, Multiplier(Scalars), "no matrix"),
    ];

    /// <summary>Muon on what the pattern covers; c_fc is the one matrix that is stored in × out.</summary>
    private IEnumerable<Route> MuonWithin(string pattern, string reason, double multiplier = 1)
    {
        if (InByOut != muon)
            yield return new Route(pattern, InByOut, multiplier, reason) { AndCovers = "blocks.*.mlp.c_fc" };
        yield return new Route(pattern, muon, multiplier, reason);
    }

    private double Multiplier(string group) => Multipliers.TryGetValue(group, out double own) ? own : DefaultMultipliers[group];

    private IEnumerable<Route> OwnRoutes(string text)
    {
        const string reason = "as --route says";
        if (text.Split('=', 2) is not [{ Length: > 0 } pattern, var rule])
            throw Bad(text);
        string[] parts = rule.Split('*');
        double? multiplier = null;
        if (parts.Length == 2)
            multiplier = double.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && double.IsFinite(number) && number > 0
                ? number
                : throw Bad(text);
        return (parts.Length, parts[0]) switch
        {
            (1 or 2, "muon") => MuonWithin(pattern, reason, multiplier ?? 1),
            (2, "adam") => [new Route(pattern, adam, multiplier!.Value, reason)],
            (1, "adam") => [.. AdamWithOwnMultipliers(pattern, reason)],
            _ => throw Bad(text),
        };
    }

    /// <summary>Adam on what the pattern covers, each group with its multiplier.</summary>
    private IEnumerable<Route> AdamWithOwnMultipliers(string pattern, string reason) =>
        from route in Rest().Append(AdamWithin())
        select route with { Pattern = pattern, AndCovers = route.Pattern, Reason = reason };

    private static BadInputException Bad(string text) => new(
        $"--route takes PATTERN=muon or PATTERN=adam, with *NUMBER behind it for a factor on the learning rate, as in 'lm_head.weight=adam*10'; '{text}' is not.");
}
