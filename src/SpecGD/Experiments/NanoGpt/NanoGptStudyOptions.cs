using SpecGD.Experiments.Settings;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>Settings of NanoGPT runs that are made in memory: those of a run, and the data.</summary>
public sealed record NanoGptStudyOptions : NanoGptOptions, ITrainsOnTokens
{
    /// <summary>Where the token shards are; null for the embedded sample text.</summary>
    [Setting("data", "token shards to train on, as 'specgd data' makes them", UnsetMeans = "the embedded sample text")]
    public string? Data { get; init; }

    /// <inheritdoc/>
    public object On(string data) => this with { Data = data };

    /// <inheritdoc/>
    public void RequireTokens() => NanoGptPasses.Of(this, ReadData()).Require();

    /// <summary>The data, at their beginning.</summary>
    /// <exception cref="BadInputException">They cannot be used.</exception>
    internal NanoGptData ReadData() => Data is { } place ? NanoGptData.Shards(place, this) : NanoGptData.Sample(this);
}

/// <summary>Settings of an experiment on text.</summary>
public interface ITrainsOnTokens
{
    /// <summary>The same on the token shards at <paramref name="data"/>.</summary>
    object On(string data);

    /// <summary>Throws unless there are the tokens that the experiment needs.</summary>
    /// <exception cref="BadInputException">There are not.</exception>
    void RequireTokens();
}
