using System.Globalization;
using SpecGD.Records;

namespace SpecGD.Figures.Report;

/// <summary>Program, machine and time of the runs of a report.</summary>
internal static class Provenance
{
    /// <summary>One entry a property; where runs differ, every value there is.</summary>
    public static KeyValues Of(IReadOnlyList<Manifest> manifests) => new(
    [
        Entry(manifests, "version of SpecGD", null, m => m.Version),
        Entry(manifests, "commit", null, m => m.Commit ?? "not known"),
        Entry(manifests, "processor", null, m => m.Machine.Processor),
        Entry(manifests, "threads", null, m => Text($"{m.Machine.Threads} of {Counted.Of(m.Machine.LogicalProcessors, "logical processor")}")),
        Entry(manifests, "linear algebra", null, m => m.Machine.BlasConfiguration is { } built ? $"{m.Machine.Blas}: {built}" : m.Machine.Blas),
        Entry(manifests, "system", null, m => m.Machine.System),
        Entry(manifests, "runtime", null, m => m.Machine.Runtime),
        new KeyValueEntry("begun", Text($"{manifests.Min(m => m.Started):yyyy-MM-dd HH:mm zzz}")),
        new KeyValueEntry(
            "wall time",
            Duration(TimeSpan.FromTicks(manifests.Sum(m => m.WallTime.Ticks))),
            manifests.Count > 1 ? "of all runs together, drawing aside" : "drawing aside"),
    ]);

    /// <summary>Program and machine in a line.</summary>
    public static string Line(IReadOnlyList<Manifest> manifests) =>
        $"Made by SpecGD {Distinct(manifests, m => m.Version)} on {Distinct(manifests, m => m.Machine.Processor)}. "
        + "This page holds all it shows: it fetches nothing.";

    /// <summary>A time for people: "8.3 s", "2 min 05 s", "3 h 20 min".</summary>
    public static string Duration(TimeSpan time) =>
        time < TimeSpan.FromMinutes(1) ? Text($"{time.TotalSeconds:0.0} s")
        : time < TimeSpan.FromHours(1) ? Text($"{(int)time.TotalMinutes} min {time.Seconds:00} s")
        : Text($"{(int)time.TotalHours} h {time.Minutes:00} min");

    private static KeyValueEntry Entry(IReadOnlyList<Manifest> manifests, string key, string? meaning, Func<Manifest, string> value) =>
        new(key, Distinct(manifests, value), meaning);

    private static string Distinct(IReadOnlyList<Manifest> manifests, Func<Manifest, string> value) =>
        string.Join("; ", manifests.Select(value).Distinct());

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
