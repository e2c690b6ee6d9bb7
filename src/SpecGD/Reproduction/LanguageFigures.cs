using System.Globalization;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Records;

namespace SpecGD.Reproduction;

/// <summary>
/// Figures 2 and 5 to 10, all of one training of a small language model, and Table 2. The paper's model has 124M parameters and trains on GPUs; what
/// must be seen is what must be seen at any scale.
/// </summary>
public sealed class LanguageFigures : IPaperFigureSource
{
    /// <summary>Final losses of runs that differ in their seeds alone differ by about as much at this size, in nats.</summary>
    private const double SeedNoise = 0.03;

    private const string Folder = "nanogpt";

    private static readonly NanoGptStudyOptions
        Small = new()
        {
            Precision = GptEngines.F32, Device = GptEngines.Processor, // the same curves on every machine
            Preset = "tiny", Layers = 6, Width = 64, Heads = 2, Length = 128, Sequences = 4, Steps = 400, TrackEvery = 20, ValidateEvery = 40,
        },
        Quick = Small with { Steps = 80, TrackEvery = 10, ValidateEvery = 20 },
        Ablation = Small with { Steps = 300, TrackEvery = 0, ValidateEvery = 50, ValidationTokens = 25_000 },
        AblationQuick = Ablation with { Steps = 60, Width = 32, Sequences = 2, ValidateEvery = 15, ValidationTokens = 8_000 };

    /// <inheritdoc/>
    public IEnumerable<PaperFigure> Figures =>
    [
        Figure("fig2", "Language model: stable ranks within the MLPs", LanguageClaims.MlpActivations, "activation_mlp", "activation_mlp_post"),
        Figure("fig5", "Language model: nuclear ranks of the MLPs' gradients", LanguageClaims.MlpGradients, "gradient_mlp", "verdict"),
        Figure("fig6", "Language model: stable ranks of the normalised states", LanguageClaims.RmsStates, "activation_rms"),
        Figure(
            "fig7",
            "Language model: nuclear ranks of the gradients of embedding and head",
            LanguageClaims.EmbeddingGradients,
            "gradient_embedding"),
        Figure(
            "fig8",
            "Language model: nuclear ranks of the gradients of queries and keys",
            LanguageClaims.QueryAndKeyGradients,
            "gradient_attention_qk",
            "activation_attention"),
        Figure(
            "fig9",
            "Language model: nuclear ranks of the gradients of attention's output and of values",
            LanguageClaims.OutputAndValueGradients,
            "gradient_attention_o",
            "gradient_attention_v"),
        Figure("fig10", "Language model: stable ranks of the embeddings", LanguageClaims.Embeddings, "activation_embedding", "loss"),
        new(
            "table2",
            "Language model: Adam alone, Muon on the MLP outputs, Muon on all matrices",
            NanoGptAblation.ExperimentName,
            Ablation,
            [.. NanoGptAblation.Mlps.SelectMany(mlp => (Claim[])[AllBelowAdam(mlp), OutputInBetween(mlp)])])
        {
            QuickOptions = AblationQuick,
        },
    ];

    private static PaperFigure Figure(string id, string title, IReadOnlyList<Claim> claims, params string[] pictures) =>
        new(id, title, NanoGptRun.Name, Small, claims)
        {
            QuickOptions = Quick,
            Folder = Folder,
            Pictures = [.. pictures.Select(picture => $"{NanoGptRun.Name}_{picture}")],
        };

    private static Claim AllBelowAdam(string mlp) => new($"{mlp}: Muon on all matrices within blocks ends below Adam (by more than {Text($"{SeedNoise}")} nats)", log =>
        Losses(log, mlp) is var (adam, _, muon)
            ? Finding.Below(Text($"{Distance(adam - muon)} Adam: validation loss {muon:0.000} against {adam:0.000}"), adam - muon, SeedNoise)
            : Finding.Missing($"validation losses of {mlp}"));

    private static Claim OutputInBetween(string mlp) =>
        new($"{mlp}: Muon on the MLP outputs alone ends in between (by more than {Text($"{SeedNoise}")} nats from either)", log =>
            Losses(log, mlp) is var (adam, output, muon)
                ? Finding.Below(
                    Text($"{Distance(adam - output)} Adam and {Distance(muon - output)} Muon on all: validation loss {output:0.000}"),
                    Math.Min(adam - output, output - muon),
                    SeedNoise)
                : Finding.Missing($"validation losses of {mlp}"));

    private static (double Adam, double Output, double Muon)? Losses(RunLog log, string mlp)
    {
        double?[] losses =
        [
            .. NanoGptAblation.Optimizers.Select(optimizer => NanoGptAblation.LastLoss(log, NanoGptAblation.MethodName(optimizer, mlp))),
        ];
        return losses is [{ } adam, { } output, { } muon] ? (adam, output, muon) : null;
    }

    /// <summary>How far a loss is below another, in nats.</summary>
    private static string Distance(double below) => Text($"{Math.Abs(below):0.000} nats {(below < 0 ? "above" : "below")}");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
