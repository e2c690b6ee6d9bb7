using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using SpecGD.Optimizers.Parameters;

namespace SpecGD.Experiments.NanoGpt;

/// <summary>The routing table as rows.</summary>
public static partial class RoutingView
{
    /// <summary>Heading of the column that says why.</summary>
    public const string Reason = "reason";

    /// <summary>A row for each tensor.</summary>
    public static IReadOnlyList<JsonObject> Rows(IEnumerable<RoutedParameter> table) => [.. table.Select(line => Row(line.Name, line, line.Count))];

    /// <summary>A row for all tensors that differ in a number within their names alone, with how many they are.</summary>
    public static IReadOnlyList<JsonObject> Summary(IEnumerable<RoutedParameter> table) =>
    [
        .. from line in table
           group line by (Name: Number().Replace(line.Name, "*"), Shape: string.Join(',', line.Shape), line.Optimizer, line.LearningRate, line.Reason) into alike
           let first = alike.First()
           let count = alike.Count()
           select Row(count > 1 ? $"{alike.Key.Name} ({count})" : first.Name, first, alike.Sum(line => (long)line.Count)),
    ];

    /// <summary>A row for each reason with what it is a reason for; of tensors that differ in a number within their names, the name with a star.</summary>
    public static IReadOnlyList<JsonObject> Reasons(IEnumerable<RoutedParameter> table) =>
    [
        .. from line in table
           group Number().Replace(line.Name, "*") by (line.Optimizer, line.Reason) into alike
           select new JsonObject
           {
               ["tensors"] = string.Join(", ", alike.Distinct()),
               ["optimizer"] = alike.Key.Optimizer,
               [Reason] = alike.Key.Reason,
           },
    ];

    private static JsonObject Row(string name, RoutedParameter line, long count) => new()
    {
        ["tensor"] = name,
        ["shape"] = string.Join('×', line.Shape),
        ["parameters"] = count,
        ["optimizer"] = line.Optimizer,
        ["learning rate"] = line.LearningRate,
        [Reason] = line.Reason,
    };

    [GeneratedRegex("[0-9]+")]
    private static partial Regex Number();
}
