using System.Text;

namespace SpecGD.Diagnosis.ParameterGroups;

/// <summary>
/// dion.Muon of github.com/microsoft/dion: groups with an algorithm. Its adjust_lr "rms_norm" does not depend on the layout; "spectral_norm",
/// sqrt(out/in), reads the stored shape as (out, in). Filters need flatten=True.
/// </summary>
internal sealed class DionGroups : ParameterGroupText
{
    public override string Name => "dion";

    public override string Title => "microsoft/dion";

    private static bool IsOfEqualParts(PlannedParameter parameter) => parameter.PartSizes.Count > 1 && parameter.PartSizes.Distinct().Count() == 1;

    public override string Render(ParameterPlan plan)
    {
        var text = new StringBuilder("# dion.Muon of github.com/microsoft/dion (the same groups serve its Dion2 and NorMuon).\n");
        text.Append("# rms_norm scales by 0.2 sqrt(max(out, in)), whichever way a matrix is stored; flatten=True makes filters (out, in * "
            + "kernel).\n");
        text.Append("from dion import Muon\n\n");
        AppendNames(text, "spectral", plan.Spectral.Where(p => !IsConvolution(p)));
        AppendNames(text, "filters", plan.Spectral.Where(IsConvolution));
        AppendApart(text, plan);
        AppendTables(text, plan);
        AppendReasons(text, plan);
        text.Append("# of the fused ones, those of equal parts one below the other are divided by num_heads, into so many\n");
        text.Append("divided = {");
        text.AppendJoin(", ", plan.Of(PlanGroup.Fused).Where(IsOfEqualParts).Select(p => $"{Quoted(p.Name)}: {p.PartSizes.Count}"));
        text.Append("}\n");
        text.Append('\n').Append(PlainNames);
        text.Append(
            """
            assert set(filters) <= known, "the model has no parameter called " + ", ".join(sorted(set(filters) - known))
            rest = [(name, p) for name, p in named if name not in spectral | filters | set(divided)]
            groups = [
                *[dict(params=[p], algorithm="muon", num_heads=divided[name]) for name, p in named if name in divided],
                dict(params=[p for name, p in named if name in spectral], algorithm="muon"),
                dict(params=[p for name, p in named if name in filters], algorithm="muon", flatten=True),
                dict(params=[p for name, p in rest if is_matrix(p) and name not in tables], algorithm="adamw", weight_decay=0.1),
                dict(params=[p for name, p in rest if not is_matrix(p) or name in tables], algorithm="adamw", weight_decay=0.0),
            ]
            optimizer = Muon([group for group in groups if group["params"]], lr=3e-4, weight_decay=0.1, nesterov=True, adjust_lr="rms_norm")
            # on several devices also distributed_mesh=...

            """.ReplaceLineEndings("\n"));
        return text.ToString();
    }
}
