namespace SpecGD.Hardening.Survival;

/// <summary>A small piece of real work of one verb, which is killed and continued.</summary>
/// <param name="Name">The verb, for tables.</param>
/// <param name="Arguments">What the program is called with, given the folder of its inputs and the folder that it writes.</param>
/// <param name="Prepare">Makes the inputs in their folder.</param>
public sealed record SurvivalCase(string Name, Func<string, string, IReadOnlyList<string>> Arguments, Action<string> Prepare)
{
    /// <summary>Whether a file of the result must be the same, bit for bit, as in the run that nobody killed; by its path within the folder.</summary>
    public required Func<string, bool> IsResult { get; init; }

    /// <summary>
    /// By which words the program refuses to do again what is done already; null where it does nothing then and ends well. A random moment may
    /// come between the last write and the end.
    /// </summary>
    public string? SaysDone { get; init; }

    /// <summary>Every case.</summary>
    public static IReadOnlyList<SurvivalCase> All { get; } = SurvivalCases.Create();

    /// <summary>The case of this name.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public static SurvivalCase Named(string name) => All.FirstOrDefault(c => c.Name == name)
        ?? throw new BadInputException($"There is no verb '{name}' to kill; there are {string.Join(", ", All.Select(c => c.Name))}.{Spelling.Hint(name, All.Select(c => c.Name))}");
}
