namespace SpecGD.Figures.Report;

/// <summary>The words that a reader from outside must know.</summary>
internal static class Glossary
{
    /// <summary>The section that explains them.</summary>
    public static Section Section { get; } = new("words", "Words", "What the words mean",
    [
        new KeyValues(
        [
            new KeyValueEntry(
                "spectral step",
                "An update along the polar factor of the gradient, which moves all of its directions alike: SpecGD, Muon."),
            new KeyValueEntry(
                "Euclidean step",
                "An update along the gradient itself, which moves its largest directions most: gradient descent (GD), SGD, and in spirit Adam."),
            new KeyValueEntry(
                "nr(G)",
                "Nuclear rank of the gradient G, (Σσᵢ)² / Σσᵢ² of its singular values σᵢ: over how many directions it is spread."),
            new KeyValueEntry(
                "st(A)",
                "Stable rank of the activations A that enter a layer, Σσᵢ² / max σᵢ² of their singular values: "
                    + "how many directions they really use."),
            new KeyValueEntry(
                "the rule",
                "Where nr(G) ≥ st(A), a spectral step promises the larger decrease of the loss; below, a Euclidean one does."),
        ]),
    ]);
}
