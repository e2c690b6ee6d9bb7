namespace SpecGD.Experiments.Settings;

/// <summary>
/// Declares a property of an options record as a setting that a user can give: its name on the command line and in manifests, what it means, and
/// its range. The default is the property's own.
/// </summary>
/// <param name="name">Name without dashes in front, words joined by dashes: <c>num-samples</c>.</param>
/// <param name="description">What it sets, in a phrase that help pages show.</param>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SettingAttribute(string name, string description) : Attribute
{
    /// <summary>Name without dashes in front.</summary>
    public string Name { get; } = name;

    /// <summary>What it sets.</summary>
    public string Description { get; } = description;

    /// <summary>Smallest number allowed.</summary>
    public double Min { get; init; } = double.NegativeInfinity;

    /// <summary>Largest number allowed.</summary>
    public double Max { get; init; } = double.PositiveInfinity;

    /// <summary>True where the smallest number is itself excluded.</summary>
    public bool MinExcluded { get; init; }

    /// <summary>The words allowed, separated by commas; empty where any is. For a NAME=VALUE setting, the names allowed.</summary>
    public string Choices { get; init; } = "";

    /// <summary>What stands for an unset value in help: <c>1000 (swiglu: 400)</c>.</summary>
    public string UnsetMeans { get; init; } = "";
}
