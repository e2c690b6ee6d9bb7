using System.Text.Json;
using SpecGD.Records;

namespace SpecGD.Diagnosis;

/// <summary>The groups of an optimizer with the names of their parameters, as <c>specgd_capture.describe</c> writes them.</summary>
public sealed record OptimizerDescription
{
    /// <summary>The word that names the format.</summary>
    public const string FormatName = "specgd-optimizer";

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
    };

    /// <summary>Must be <see cref="FormatName"/>.</summary>
    public string? Format { get; init; }

    /// <summary>The groups, those of several optimizers one behind the other.</summary>
    public IReadOnlyList<OptimizerGroup> Groups { get; init; } = [];

    /// <summary>Parameters that require a gradient and are in no group.</summary>
    public IReadOnlyList<string> Ungrouped { get; init; } = [];

    /// <summary>Reads the file at <paramref name="path"/>.</summary>
    /// <exception cref="BadInputException">It cannot be read, or is no description of an optimizer.</exception>
    public static OptimizerDescription Read(string path)
    {
        byte[] json;
        try
        {
            json = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new BadInputException($"{path} cannot be read: {e.Message.TrimEnd('.')}; specgd_capture.describe(optimizer, model, path) writes such a file.", e);
        }
        OptimizerDescription? description;
        try
        {
            description = JsonSerializer.Deserialize<OptimizerDescription>(json, Options);
        }
        catch (JsonException e)
        {
            string place = e.Path is { Length: > 1 } at ? $" at {at}" : $": {JsonFault.Words(json)}";
            throw new BadInputException($"{path} is no description of an optimizer, as specgd_capture.describe writes it{place}.", e);
        }
        if (description?.Format != FormatName)
            throw new BadInputException($"{path} has the format '{description?.Format}'; '{FormatName}' was expected, as specgd_capture.describe writes it.");
        if (description.Groups.Any(group => group is null || group.Parameters.Contains(null!)) || description.Ungrouped.Contains(null!))
            throw new BadInputException($"{path} has null where a group or a name was expected.");
        return description;
    }
}

/// <summary>One group of an optimizer.</summary>
public sealed record OptimizerGroup
{
    private static readonly string[] SpectralWords = ["muon", "dion", "specgd", "orthogonal"], ScaleKeys = ["adjust_lr_fn", "adjust_lr", "scale"];

    /// <summary>The optimizer's class with its module: torch.optim.adamw.AdamW.</summary>
    public string Optimizer { get; init; } = "";

    /// <summary>Its settings: numbers, words, true and false.</summary>
    public IReadOnlyDictionary<string, JsonElement> Settings { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Names of its parameters.</summary>
    public IReadOnlyList<string> Parameters { get; init; } = [];

    /// <summary>Whether it orthogonalises: by a setting of its own (use_muon, algorithm), else by the class's name.</summary>
    public bool IsSpectral
    {
        get
        {
            if (Settings.TryGetValue("use_muon", out var uses))
                return uses.ValueKind == JsonValueKind.True;
            if (Settings.TryGetValue("algorithm", out var algorithm) && algorithm.ValueKind == JsonValueKind.String)
                return algorithm.GetString() is "muon" or "dion" or "dion2" or "normuon" or "shampoo";
            string name = Optimizer[(Optimizer.LastIndexOf('.') + 1)..];
            return SpectralWords.Any(word => name.Contains(word, StringComparison.OrdinalIgnoreCase));
        }
    }

    /// <summary>The scale of the learning rate that is in force, as far as the settings tell.</summary>
    public LearningRateScale Scale
    {
        get
        {
            string? word = ScaleKeys.Select(key => Settings.TryGetValue(key, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null)
                .FirstOrDefault(value => value is not null);
            return word switch
            {
                "match_rms_adamw" or "rms_norm" => LearningRateScale.MatchRmsAdamW,
                "spectral_norm" or "spectral" => LearningRateScale.Spectral,
                _ => LearningRateScale.Original,
            };
        }
    }
}
