using System.Collections.Concurrent;

namespace SpecGD.Records;

/// <summary>Names of nested series, each made once: probes ask for the same few at every step.</summary>
public static class SeriesName
{
    private static readonly ConcurrentDictionary<(string Group, string Kind, int Number), string> Made = new();

    /// <summary>The series of one member of a group: <c>grad_ratio.W1</c>.</summary>
    public static string Of(string group, string member) => Made.GetOrAdd((group, member, -1), static name => $"{name.Group}.{name.Kind}");

    /// <summary>The series of one numbered member of a group: <c>activations.layer1</c>.</summary>
    public static string Of(string group, string kind, int number) =>
        Made.GetOrAdd((group, kind, number), static name => FormattableString.Invariant($"{name.Group}.{name.Kind}{name.Number}"));
}
