using System.Text.Json.Nodes;

namespace SpecGD.Cli.Display;

/// <summary>What an examination of the machine found, what is missing, and what is wrong.</summary>
internal sealed class Examination
{
    private const int LabelWidth = 21;

    private readonly List<(string Label, string Text, bool IsDetail)> _findings = [];
    private readonly List<(string What, string Consequence, string Command)> _missing = [];
    private readonly List<string> _wrong = [], _remarks = [];

    /// <summary>True where nothing computes wrongly; what is merely missing does not count.</summary>
    public bool IsSound => _wrong.Count == 0;

    /// <summary>A finding.</summary>
    public void Add(string label, string text) => _findings.Add((label, text, false));

    /// <summary>A finding of the search, for who asks for it.</summary>
    public void AddDetail(string label, string text) => _findings.Add((label, text, true));

    /// <summary>Something that is not there, what follows, and the command that installs it.</summary>
    public void Missing(string what, string consequence, string command) => _missing.Add((what, consequence, command));

    /// <summary>Something that must not be used as it is.</summary>
    public void Wrong(string sentence) => _wrong.Add(sentence);

    /// <summary>Something worth knowing.</summary>
    public void Remark(string sentence) => _remarks.Add(sentence);

    /// <summary>Prints what was found on standard output, within the width of a terminal.</summary>
    /// <param name="details">Whether the search too.</param>
    public void Print(bool details)
    {
        foreach (var (label, text, _) in _findings.Where(finding => details || !finding.IsDetail))
            PrintWrapped(label.PadRight(LabelWidth), text);
        foreach (string sentence in _remarks)
            PrintWrapped("", sentence);
        foreach (var (what, consequence, command) in _missing)
            PrintWrapped("", $"Missing: {what} ({consequence}). To install it: {command}");
        foreach (string sentence in _wrong)
            PrintWrapped("", $"Wrong: {sentence}");
        if (_missing.Count == 0 && _wrong.Count == 0)
            Console.Out.WriteLine("Nothing is missing.");
    }

    private static void PrintWrapped(string label, string text)
    {
        var lines = Terminal.Width is { } width ? TableLayout.Wrapped(text, Math.Max(1, width - label.Length)) : [text];
        for (int i = 0; i < lines.Count; i++)
            Console.Out.WriteLine((i == 0 ? label : new string(' ', label.Length)) + lines[i]);
    }

    /// <summary>Everything as JSON.</summary>
    public JsonObject ToJson() => new()
    {
        ["findings"] = new JsonArray([.. _findings.Select(f => new JsonObject { ["what"] = f.Label, ["found"] = f.Text })]),
        ["remarks"] = new JsonArray([.. _remarks.Select(s => (JsonNode)s)]),
        ["missing"] = new JsonArray(
        [
            .. _missing.Select(m => new JsonObject { ["what"] = m.What, ["consequence"] = m.Consequence, ["install"] = m.Command }),
        ]),
        ["wrong"] = new JsonArray([.. _wrong.Select(s => (JsonNode)s)]),
    };
}
