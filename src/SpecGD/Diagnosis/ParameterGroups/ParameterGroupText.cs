using System.Text;

namespace SpecGD.Diagnosis.ParameterGroups;

/// <summary>Parameter groups as source text to paste, one recipe for each optimizer that takes matrices and the rest apart.</summary>
public abstract class ParameterGroupText
{
    /// <summary>Every recipe.</summary>
    public static IReadOnlyList<ParameterGroupText> All { get; } = [new TorchMuonGroups(), new KellerJordanGroups(), new DionGroups(),
        new OptaxGroups()];

    /// <summary>Name of its file, without an ending.</summary>
    public abstract string Name { get; }

    /// <summary>What it is for, as a heading.</summary>
    public abstract string Title { get; }

    /// <summary>The text for <paramref name="plan"/>.</summary>
    public abstract string Render(ParameterPlan plan);

    private protected static bool IsMatrix(PlannedParameter parameter) => parameter.Layout is "out_in" or "in_out"
        && parameter.StoredShape.Count == 2;

    private protected static bool IsConvolution(PlannedParameter parameter) => parameter.Layout == "conv";

    /// <summary>A Python set of names, each with its layout, shape and reason behind it.</summary>
    private protected static void AppendNames(StringBuilder text, string variable, IEnumerable<PlannedParameter> parameters)
    {
        PlannedParameter[] all = [.. parameters];
        if (all.Length == 0)
        {
            text.Append(variable).Append(" = set()\n");
            return;
        }
        text.Append(variable).Append(" = {\n");
        foreach (var parameter in all)
        {
            string layout = parameter.Layout switch { "out_in" => "(out, in)", "in_out" => "(in, out)", "conv" => "(out, in, kernel…)",
                _ => "vector" };
            text.Append($"    {Quoted(parameter.Name)},  # {layout} = {parameter.ShapeText}; {OneLine(parameter.Comment)}\n");
        }
        text.Append("}\n");
    }

    /// <summary>Text as a Python string.</summary>
    private protected static string Quoted(string text) =>
        "\"" + OneLine(text).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    /// <summary>Text without line ends, for comments.</summary>
    private protected static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));

    /// <summary>What finds a parameter under the name it has without the prefixes of DistributedDataParallel and torch.compile.</summary>
    private protected const string PlainNames =
        "def plain(name):\n    return name.removeprefix(\"module.\").replace(\"_orig_mod.\", \"\")\n\n";
}
