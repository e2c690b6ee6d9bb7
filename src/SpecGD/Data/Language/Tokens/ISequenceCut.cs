namespace SpecGD.Data.Language.Tokens;

/// <summary>Where the sequences of one step lie in a shard.</summary>
/// <param name="Starts">Index of the first token of each; fewer than a step has where the shard ends before.</param>
/// <param name="End">Where the next step begins to look.</param>
internal readonly record struct StepPlaces(IReadOnlyList<int> Starts, int End);

/// <summary>A way to cut sequences out of a shard.</summary>
internal interface ISequenceCut
{
    /// <summary>Tokens that must be left of a shard for a step to be looked for in it.</summary>
    long Ahead { get; }

    /// <summary>What to do where a whole shard has no room for a step, behind a colon.</summary>
    string Advice { get; }

    /// <summary>The first step at or after <paramref name="offset"/>.</summary>
    StepPlaces Find(ITokenShard shard, int offset);
}
