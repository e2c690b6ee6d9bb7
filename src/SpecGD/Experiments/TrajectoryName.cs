namespace SpecGD.Experiments;

/// <summary>Names of trajectories where a run trains the same methods on several things: "λ = 0.1 (2 of 8): specgd".</summary>
public static class TrajectoryName
{
    /// <summary>What stands between what it is of and its method.</summary>
    private const string OfMethod = ": ";

    /// <summary>The name of a method on one of several things.</summary>
    internal static string Of(string what, string method) => what + OfMethod + method;

    /// <summary>What it is of, empty where the run has one thing alone, and the method.</summary>
    internal static (string What, string Method) Parts(string name) => name.LastIndexOf(OfMethod, StringComparison.Ordinal) is >= 0 and var colon
        ? (name[..colon], name[(colon + OfMethod.Length)..])
        : ("", name);

    /// <summary>What sentences call it: "SpecGD", "SpecGD for λ = 0.1 (2 of 8)".</summary>
    public static string InSentences(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var (what, method) = Parts(name);
        return MethodName.InSentences(method) + (what.Length > 0 ? $" for {what}" : "");
    }
}
