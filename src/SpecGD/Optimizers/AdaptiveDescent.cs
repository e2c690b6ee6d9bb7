using System.Text.Json.Nodes;
using SpecGD.Numerics;
using SpecGD.Records;
using SpecGD.Spectral;

namespace SpecGD.Optimizers;

/// <summary>
/// Steepest descent that follows the rule nr(G) ≥ st(A), (1.5), block by block. Each block that may be spectral takes the spectral or the Euclidean
/// step, whichever promised the larger decrease where the block was last measured; the others take Euclidean steps. Each geometry has its own
/// natural step n/‖A‖², times a factor f.
/// <para>
/// Two things follow from the factors. A promise is proportional to its step, so the rule reads f_S·nr(G) ≥ f_E·st(A), which is (1.5) where the
/// factors are equal. And a factor belongs to a way of updating the whole network: f_E is what it bears where all blocks are Euclidean, f_S where
/// all that may be are spectral. In between, every block takes f = f_E^(1−s)·f_S^s, with s the share of those blocks that are spectral.
/// </para>
/// </summary>
public sealed class AdaptiveDescent : IOptimizer
{
    private readonly AdaptiveSettings _settings;
    private Dictionary<string, Choice> _choices = [];
    private int _steps;

    /// <summary>The method before its first step.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range.</exception>
    public AdaptiveDescent(AdaptiveSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        settings.Require();
        _settings = settings;
    }

    /// <summary>Times that a block changed its geometry after its first choice, over all blocks.</summary>
    public int Switches => _choices.Values.Sum(choice => choice.Switches);

    /// <summary>f, the factor on the natural steps of all blocks.</summary>
    public double Factor
    {
        get
        {
            double share = _choices.Count > 0 ? (double)_choices.Values.Count(choice => choice.IsSpectral) / _choices.Count : 0;
            return share == 0 ? _settings.EuclideanFactor
                : share == 1 ? _settings.SpectralFactor
                : Math.Pow(_settings.EuclideanFactor, 1 - share) * Math.Pow(_settings.SpectralFactor, share);
        }
    }

    /// <summary>The geometry in which a block is updated; Euclidean before it was first measured.</summary>
    public Geometry GeometryOf(WeightBlock block)
    {
        ArgumentNullException.ThrowIfNull(block);
        return _choices.GetValueOrDefault(block.Name).IsSpectral ? Geometry.Spectral : Geometry.Euclidean;
    }

    /// <inheritdoc/>
    public void Propose(IReadOnlyList<WeightBlock> blocks)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        if (_steps % _settings.Refresh == 0)
        {
            WeightBlock[] reviewed = [.. blocks.Where(_settings.MayBeSpectral)];
            ThreadBudget.Spread(reviewed.Length, i => Measure(reviewed[i]));
            foreach (var block in reviewed)
                Review(block);
        }
        _steps++;
        ThreadBudget.Spread(blocks.Count, i => GeometryOf(blocks[i]).SteepestDirection(blocks[i]));
    }

    /// <inheritdoc/>
    public void Apply(IReadOnlyList<WeightBlock> blocks)
    {
        ArgumentNullException.ThrowIfNull(blocks);
        new SteepestDescent(GeometryOf, StepSize.Natural(Factor)).Apply(blocks);
    }

    /// <inheritdoc/>
    public JsonNode CaptureState() => new JsonObject
    {
        ["steps"] = _steps,
        ["choices"] = new JsonObject(_choices.Select(c => KeyValuePair.Create(
            c.Key, (JsonNode?)new JsonObject { ["spectral"] = c.Value.IsSpectral, ["switches"] = c.Value.Switches }))),
    };

    /// <inheritdoc/>
    public void RestoreState(JsonNode state)
    {
        ArgumentNullException.ThrowIfNull(state);
        _steps = (int)(JsonNumber.Of(state["steps"]) ?? throw new FormatException("The saved state of the adaptive method lacks its number of steps."));
        _choices = (state["choices"] as JsonObject ?? []).ToDictionary(
            c => c.Key,
            c => c.Value?["spectral"]?.GetValue<bool>() is { } spectral && JsonNumber.Of(c.Value["switches"]) is { } switches
                ? new Choice(spectral, (int)switches)
                : throw new FormatException($"The saved state of the adaptive method lacks what it chose for {c.Key}."));
    }

    /// <summary>Lets a block have both ranks by the time they are weighed.</summary>
    private void Measure(WeightBlock block)
    {
        var geometry = GeometryOf(block);
        if (geometry == Geometry.Spectral)
            geometry.SteepestDirection(block); // it most likely stays spectral, and the polar factor brings the nuclear norm with it
        _ = (block.GradientNuclearRank, block.Activation.StableRankOrZero);
    }

    /// <summary>Weighs the two promises; zero gradients and zero activations say nothing, and the block stays as it is.</summary>
    private void Review(WeightBlock block)
    {
        double ratio = _settings.SpectralFactor * block.GradientNuclearRank / (_settings.EuclideanFactor * block.Activation.StableRankOrZero);
        if (!(ratio > 0 && double.IsFinite(ratio)))
            return;
        if (!_choices.TryGetValue(block.Name, out var choice))
            _choices.Add(block.Name, new Choice(ratio >= 1, 0));
        else if (choice.IsSpectral ? ratio < 1 / _settings.Hysteresis : ratio >= _settings.Hysteresis)
            _choices[block.Name] = new Choice(!choice.IsSpectral, choice.Switches + 1);
    }

    private readonly record struct Choice(bool IsSpectral, int Switches);
}
