using SpecGD.Gallery.Networks;

namespace SpecGD.Gallery;

/// <summary>The arms: which matrices are updated by Muon.</summary>
internal static class Arms
{
    /// <summary>The names, as the option takes them.</summary>
    public const string Names = "muon,adamw,hidden,diagnosis,opposite,adaptive,single,sgd,values,queries,newton";

    /// <summary>Every matrix on Muon.</summary>
    public const string Muon = "muon";

    /// <summary>Nothing on Muon.</summary>
    public const string AdamW = "adamw";

    /// <summary>The usual practice: matrices that are no input layer, head or router.</summary>
    public const string Hidden = "hidden";

    /// <summary>Layers with nr(G) ≥ st(A) after a pilot of a twentieth of the run.</summary>
    public const string Diagnosis = "diagnosis";

    /// <summary>All other matrices.</summary>
    public const string Opposite = "opposite";

    /// <summary>The rule, asked again at every twentieth of the run.</summary>
    public const string Adaptive = "adaptive";

    /// <summary>One layer.</summary>
    public const string Single = "single";

    /// <summary>SGD with momentum on everything.</summary>
    public const string Sgd = "sgd";

    /// <summary>The projections V and O of attention, and the MLPs.</summary>
    public const string Values = "values";

    /// <summary>The projections Q and K of attention.</summary>
    public const string Queries = "queries";

    /// <summary>As <see cref="Hidden"/>, with gradients that the inputs precondition (<see cref="InputMoments"/>).</summary>
    public const string Newton = "newton";

    /// <summary>Whether the arm starts with a pilot.</summary>
    public static bool HasPilot(string arm) => arm is Diagnosis or Opposite;

    /// <summary>The layers on Muon at the start.</summary>
    /// <param name="arm">The arm.</param>
    /// <param name="network">The network.</param>
    /// <param name="readings">Its matrices, measured: at the end of the pilot where the arm has one, else at the start.</param>
    /// <param name="single">The layer of the arm <c>single</c>.</param>
    /// <exception cref="BadInputException">The layer is none of the network, or is missing, or given to another arm.</exception>
    public static IReadOnlySet<string> OnMuon(string arm, GalleryNetwork network, IReadOnlyList<LayerReading> readings, string? single)
    {
        string[] names = [.. readings.Select(reading => reading.Layer)];
        if (single is not null && arm != Single)
            throw new BadInputException($"--layer is for the arm '{Single}', not for '{arm}'.");
        return arm switch
        {
            Muon => names.ToHashSet(),
            Values or Queries => OfAttention(arm, network, names),
            Hidden or Newton => names.Except(network.HeldBack).ToHashSet(),
            Diagnosis => Spectral(readings),
            Opposite => names.Except(Spectral(readings)).ToHashSet(),
            Adaptive => Spectral(readings),
            Single when single is null => throw new BadInputException($"The arm '{Single}' needs --layer; {network.Name} has {string.Join(", ", names)}."),
            Single when !names.Contains(single) => throw new BadInputException($"{network.Name} has no layer '{single}'; it has {string.Join(", ", names)}.{Spelling.Hint(single!, names)}"),
            Single => new HashSet<string> { single! },
            _ => new HashSet<string>(),
        };
    }

    private static HashSet<string> OfAttention(string arm, GalleryNetwork network, string[] names)
    {
        string[] queries = [.. names.Where(name => name.Contains(".attn.q_proj", StringComparison.Ordinal) || name.Contains(".attn.k_proj", StringComparison.Ordinal))];
        if (queries.Length == 0)
            throw new BadInputException($"The arm '{arm}' is for networks with attention; {network.Name} has none.");
        return arm == Queries ? [.. queries] : [.. names.Except(network.HeldBack).Except(queries)];
    }

    /// <summary>The layers for which the rule favours a spectral step: nr(G) ≥ st(A), equation (1.5).</summary>
    public static HashSet<string> Spectral(IEnumerable<LayerReading> readings) => [.. readings.Where(reading => reading.Ratio >= 1).Select(reading => reading.Layer)];
}
