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

    private protected static bool IsConvolution(PlannedParameter parameter) => parameter.Layout is "conv" or "conv_transposed";

    /// <summary>
    /// What is neither spectral nor plainly Euclidean, as sets of their own: undecided and fused parameters. They go to AdamW unless they are added to the
    /// names that Muon takes.
    /// </summary>
    private protected static void AppendApart(StringBuilder text, ParameterPlan plan)
    {
        text.Append("# left to AdamW; to try them with Muon, write spectral | undecided\n");
        AppendNames(text, "undecided", plan.Of(PlanGroup.Undecided));
        text.Append("# several matrices in one tensor, which Muon would mix; left to AdamW unless the optimizer splits them\n");
        AppendNames(text, "fused", plan.Of(PlanGroup.Fused));
    }

    /// <summary>Why every other parameter is left to AdamW, one a line.</summary>
    private protected static void AppendReasons(StringBuilder text, ParameterPlan plan)
    {
        text.Append("# left to AdamW:\n");
        foreach (var parameter in plan.Parameters.Where(p => p.Group is PlanGroup.HeldBack or PlanGroup.Euclidean or PlanGroup.Unjudged))
            text.Append($"#   {OneLine(parameter.Name)} {parameter.ShapeText}: {OneLine(parameter.Comment)}\n");
        foreach (var matrix in plan.Unmeasured)
            text.Append($"#   {OneLine(matrix.Name)} ({string.Join(", ", matrix.Shape)}): not measured, {OneLine(matrix.Reason)}\n");
    }

    /// <summary>Biases, gains and tables of tokens, which weight decay is kept from.</summary>
    private protected static void AppendTables(StringBuilder text, ParameterPlan plan) => AppendNames(text, "tables", plan.Parameters.Where(p => p.IsTable));

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
                "conv_transposed" => "(in, out, kernel…)", _ => "vector" };
            if (parameter.StoredShape.Count > 2 && parameter.Layout is "out_in" or "in_out")
                layout = "stack";
            text.Append($"    {Quoted(parameter.Name)},  # {layout} = {parameter.ShapeText}; {OneLine(parameter.Comment)}\n");
        }
        text.Append("}\n");
    }

    /// <summary>Text as a Python string.</summary>
    private protected static string Quoted(string text) =>
        "\"" + OneLine(text).Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";

    /// <summary>Text without line ends, for comments.</summary>
    private protected static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c));

    /// <summary>
    /// What finds a parameter under the name it has without what wrappers (DDP, FSDP, torch.compile, checkpointing) put into it, and stops where a name of
    /// the diagnosis is none of the model's.
    /// </summary>
    private protected const string PlainNames =
        """
        def plain_names(model):  # without what wrappers (DDP, FSDP, torch.compile, checkpointing) put into the names
            wrappers = ("_orig_mod", "_fsdp_wrapped_module", "_checkpoint_wrapped_module")
            named = [(".".join(part for part in name.split(".") if part not in wrappers), p) for name, p in model.named_parameters()]
            while named and list(dict(model.named_children())) == ["module"] and all(name.startswith("module.") for name, _ in named):
                named, model = [(name[len("module."):], p) for name, p in named], model.module
            return named

        known = {name for name, _ in plain_names(model)}
        for listed in (spectral, undecided, fused, tables):
            assert set(listed) <= known, "the model has no parameter called " + ", ".join(sorted(set(listed) - known))
        named = [(name, p) for name, p in plain_names(model) if p.requires_grad]

        def is_matrix(p):  # (1, 1, width) is a vector
            return sum(size > 1 for size in p.shape) >= 2

        """;
}
