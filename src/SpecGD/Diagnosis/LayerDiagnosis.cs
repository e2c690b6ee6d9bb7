using SpecGD.Spectral;

namespace SpecGD.Diagnosis;

/// <summary>A circumstance in which the measure misleads.</summary>
/// <param name="Code">A short name, for programs: few-samples.</param>
/// <param name="Text">What it means here, in a sentence.</param>
public sealed record DiagnosisWarning(string Code, string Text)
{
    /// <summary>Both, as lists show them.</summary>
    public override string ToString() => $"{Code}: {Text}";
}

/// <summary>The ranks of one layer at one step, and what they say. What cannot be measured is null.</summary>
public sealed record LayerDiagnosis
{
    /// <summary>What the capture says of the layer.</summary>
    public required LayerEntry Entry { get; init; }

    /// <summary>The module's name.</summary>
    public string Name => Entry.Name;

    /// <summary>linear, conv, embedding or norm.</summary>
    public required string Kind { get; init; }

    /// <summary>Its part of the network.</summary>
    public required LayerGroup Group { get; init; }

    /// <summary>Why it is not given to a spectral optimizer whatever its ratio: "input", "head" or "router"; null for others.</summary>
    public string? HeldBack { get; init; }

    /// <summary>nr of the optimizer's momentum, which is what Muon orthogonalises; null where it was not captured.</summary>
    public double? MomentumNuclearRank { get; init; }

    /// <summary>(out, in), or null where nothing tells.</summary>
    public (long Out, long In)? Shape { get; init; }

    /// <summary>The training step, or null.</summary>
    public long? Step { get; init; }

    /// <summary>st(A) of the activations that meet the weight.</summary>
    public double? StableRank { get; init; }

    /// <summary>How well it is known.</summary>
    public StableRankInterval? Interval { get; init; }

    /// <summary>nr(G); for gains ‖g‖₁²/‖g‖₂².</summary>
    public double? NuclearRank { get; init; }

    /// <summary>Between which values nr of the gradient without the mini-batch's noise lies; null where it was not measured.</summary>
    public (double Low, double High)? NuclearRankInterval { get; init; }

    /// <summary>nr(G)/st(A).</summary>
    public double? Ratio => NuclearRank / StableRank;

    /// <summary>The verdict with its threshold and margin.</summary>
    public Judgement? Judgement { get; init; }

    /// <summary>Why the verdict is what it is, or why there is none.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Where the measure misleads.</summary>
    public IReadOnlyList<DiagnosisWarning> Warnings { get; init; } = [];

    /// <summary>For the output projection of attention: st of the block's input, which Table 1 of the paper puts in the place of st(A).</summary>
    public double? BlockInputStableRank { get; init; }

    /// <summary>Activations that met the weight.</summary>
    public long Samples { get; init; }

    /// <summary>How many of them were measured.</summary>
    public long Rows { get; init; }

    /// <summary>Singular values of the gradient, descending; magnitudes of its entries for gains; empty where there is none.</summary>
    public IReadOnlyList<double> GradientSpectrum { get; init; } = [];

    /// <summary>Singular values of the activations, descending; empty where they were not computed.</summary>
    public IReadOnlyList<double> ActivationSpectrum { get; init; } = [];

    /// <summary>Number of weights of the layer.</summary>
    public long Parameters => Kind == "norm" ? Shape?.In ?? 0 : (Shape?.Out ?? 0) * (Shape?.In ?? 0);
}

/// <summary>Words for verdicts, as JSON and tables use them.</summary>
public static class VerdictWords
{
    /// <summary>spectral, undecided or euclidean.</summary>
    public static string Word(this Verdict verdict) => verdict switch
    {
        Verdict.Spectral => "spectral",
        Verdict.Undecided => "undecided",
        _ => "euclidean",
    };
}
