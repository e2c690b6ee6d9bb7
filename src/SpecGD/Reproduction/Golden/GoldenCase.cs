using System.Reflection;
using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Reproduction.Golden;

/// <summary>A run of the authors' own code, as numbers that came with this program, and how to hold a run of ours against it.</summary>
/// <param name="Name">Name on the command line, which is also that of the golden file.</param>
/// <param name="Experiment">Name of the experiment.</param>
/// <param name="Options">The settings of the authors' run.</param>
/// <param name="ShortOptions">Settings that give the first part of the same numbers in a few seconds.</param>
/// <param name="Compare">Compares a log of ours with the golden file, as far as the log goes.</param>
public sealed record GoldenCase(
    string Name, string Experiment, object Options, object ShortOptions, Action<JsonObject, RunLog, GoldenComparison> Compare)
{
    /// <summary>Every case.</summary>
    public static IReadOnlyList<GoldenCase> All { get; } =
        [.. RandomFeatureGolden.Cases, .. SparseRegressionGolden.Cases, .. SmallGolden.Cases];

    /// <summary>The case called <paramref name="name"/>.</summary>
    /// <exception cref="BadInputException">There is none of that name.</exception>
    public static GoldenCase Named(string name) =>
        All.FirstOrDefault(c => c.Name == name)
        ?? throw new BadInputException($"There are no golden values '{name}'; there are {string.Join(", ", All.Select(c => c.Name))}.{Spelling.Hint(name, All.Select(c => c.Name))}");

    /// <summary>The golden numbers of this case.</summary>
    public JsonObject ReadGolden()
    {
        string resource = $"golden.{Name}.json";
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)
            ?? throw new InvalidOperationException($"The program was built without {resource}.");
        return JsonNode.Parse(stream)!.AsObject();
    }

    /// <summary>Holds a log against the golden numbers.</summary>
    public GoldenComparison Against(JsonObject golden, RunLog log)
    {
        var comparison = new GoldenComparison();
        Compare(golden, log, comparison);
        return comparison;
    }
}
