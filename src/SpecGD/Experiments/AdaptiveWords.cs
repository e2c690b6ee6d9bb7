namespace SpecGD.Experiments;

/// <summary>What the settings of the adaptive method mean, for every experiment that has it.</summary>
internal static class AdaptiveWords
{
    public const string
        Hysteresis = "how many times the other step's guarantee one must be before the adaptive method changes a layer's geometry",
        Refresh = "steps from one measurement of a layer by the adaptive method to the next";
}
