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

    public override string Render(ParameterPlan plan)
    {
        var text = new StringBuilder("# dion.Muon of github.com/microsoft/dion (the same groups serve its Dion2 and NorMuon).\n");
        text.Append("# rms_norm scales by 0.2 sqrt(max(out, in)), whichever way a matrix is stored; flatten=True makes filters (out, in * "
            + "kernel).\n");
        text.Append("from dion import Muon\n\n");
        AppendNames(text, "spectral", plan.Spectral.Where(IsMatrix));
        AppendNames(text, "filters", plan.Spectral.Where(IsConvolution));
        text.Append('\n').Append(PlainNames);
        text.Append(
            """
            named = [(plain(name), p) for name, p in model.named_parameters() if p.requires_grad]
            groups = [
                dict(params=[p for name, p in named if name in spectral], algorithm="muon"),
                dict(params=[p for name, p in named if name in filters], algorithm="muon", flatten=True),
                dict(params=[p for name, p in named if name not in spectral | filters], algorithm="adamw", weight_decay=0.1),
            ]
            optimizer = Muon([group for group in groups if group["params"]], lr=3e-4, weight_decay=0.1, nesterov=True, adjust_lr="rms_norm")
            # on several devices also distributed_mesh=...

            """.ReplaceLineEndings("\n"));
        return text.ToString();
    }
}
