using System.Text;

namespace SpecGD.Diagnosis.ParameterGroups;

/// <summary>
/// MuonWithAuxAdam of github.com/KellerJordan/Muon: groups marked use_muon. It flattens four-dimensional filters but takes three-dimensional ones for
/// stacks of matrices, and scales by sqrt(max(1, rows/columns)) of the stored shape, so weights stored (in, out) need a learning rate of their own.
/// </summary>
internal sealed class KellerJordanGroups : ParameterGroupText
{
    private const string Rate = "0.02";

    public override string Name => "keller-jordan";

    public override string Title => "KellerJordan/Muon";

    public override string Render(ParameterPlan plan)
    {
        var text = new StringBuilder("# MuonWithAuxAdam of github.com/KellerJordan/Muon; without torch.distributed use "
            + "SingleDeviceMuonWithAuxAdam.\n");
        text.Append("# It scales by sqrt(max(1, rows / columns)) of the stored shape, which is right for (out, in); for (in, out) the rate makes "
            + "up for it.\n");
        text.Append("from muon import MuonWithAuxAdam\n\n");
        AppendNames(text, "spectral", plan.Spectral.Where(p => (!IsConvolution(p) && p.Layout == "out_in") || IsFilter(p)));
        var transposed = plan.Spectral.Where(p => !IsConvolution(p) && p.Layout == "in_out").ToArray();
        if (transposed.Length > 0)
            AppendNames(text, "transposed", transposed);
        AppendApart(text, plan);
        AppendTables(text, plan);
        AppendReasons(text, plan);
        foreach (var filter in plan.Spectral.Where(p => IsConvolution(p) && !IsFilter(p)))
            text.Append($"# {OneLine(filter.Name)} is judged spectral, but Muon flattens two-dimensional filters (out, in, h, w) only: left to Adam.\n");
        text.Append('\n').Append(PlainNames);
        if (transposed.Length > 0)
        {
            text.Append("\ndef rate(p):  # stored (in, out): the scale it should have, over the scale it gets\n");
            text.Append("    rows, columns = p.shape[-2:]\n");
            text.Append($"    return {Rate} * max(1, columns / rows) ** 0.5 / max(1, rows / columns) ** 0.5\n\n");
        }
        text.Append("groups = [\n");
        text.Append($"    dict(params=[p for name, p in named if name in spectral], use_muon=True, lr={Rate}, momentum=0.95, weight_decay=0.01),\n");
        if (transposed.Length > 0)
            text.Append("    *[dict(params=[p], use_muon=True, lr=rate(p), momentum=0.95, weight_decay=0.01) for name, p in named if name in "
                + "transposed],\n");
        string taken = transposed.Length > 0 ? "spectral | transposed" : "spectral";
        string rest = $"[p for name, p in named if name not in {taken}";
        text.Append($"    dict(params={rest} and is_matrix(p) and name not in tables], use_muon=False, lr=3e-4, betas=(0.9, 0.95), eps=1e-10, "
            + $"weight_decay=0.01),\n");
        text.Append($"    dict(params={rest} and (not is_matrix(p) or name in tables)], use_muon=False, lr=3e-4, betas=(0.9, 0.95), eps=1e-10, "
            + $"weight_decay=0.0),\n");
        text.Append("]\noptimizer = MuonWithAuxAdam([group for group in groups if group[\"params\"]])\n");
        return text.ToString();
    }

    /// <summary>Filters of two-dimensional convolutions, which it flattens.</summary>
    private static bool IsFilter(PlannedParameter parameter) => parameter.Layout == "conv" && parameter.StoredShape.Count == 4;
}
