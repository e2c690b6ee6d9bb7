using System.Text;

namespace SpecGD.Diagnosis.ParameterGroups;

/// <summary>
/// torch.optim.Muon (PyTorch 2.9): two-dimensional parameters only. Its scale "original" reads (rows, columns) as (out, in), so it is wrong for
/// weights
/// stored (in, out); "match_rms_adamw" does not depend on the layout, and lets both optimizers share a learning rate.
/// </summary>
internal sealed class TorchMuonGroups : ParameterGroupText
{
    public override string Name => "torch";

    public override string Title => "torch.optim.Muon with AdamW";

    public override string Render(ParameterPlan plan)
    {
        var text = new StringBuilder("# torch.optim.Muon (PyTorch 2.9 or newer) for the spectral matrices, torch.optim.AdamW for everything else.\n");
        text.Append("# match_rms_adamw scales by 0.2 sqrt(max(rows, columns)): the same for (out, in) and (in, out), and AdamW's learning rate "
            + "fits.\n");
        text.Append("import torch\n\n");
        AppendNames(text, "spectral", plan.Spectral);
        AppendApart(text, plan);
        AppendTables(text, plan);
        AppendReasons(text, plan);
        foreach (var other in plan.Spectral.Where(p => !IsMatrix(p)))
            text.Append($"# {OneLine(other.Name)} is judged spectral, but torch.optim.Muon takes two-dimensional parameters only: left to AdamW.\n");
        text.Append('\n').Append(PlainNames);
        text.Append(
            """
            matrices = [p for name, p in named if name in spectral and p.ndim == 2]
            rest = [(name, p) for name, p in named if not (name in spectral and p.ndim == 2)]
            decayed = [p for name, p in rest if is_matrix(p) and name not in tables]
            plain = [p for name, p in rest if not is_matrix(p) or name in tables]  # biases, gains, tokens and tables: no weight decay
            optimizers = []
            if matrices:
                optimizers.append(torch.optim.Muon(matrices, lr=3e-4, weight_decay=0.1, adjust_lr_fn="match_rms_adamw"))
            groups = [dict(params=decayed, weight_decay=0.1), dict(params=plain, weight_decay=0.0)]
            groups = [group for group in groups if group["params"]]
            if groups:
                optimizers.append(torch.optim.AdamW(groups, lr=3e-4, betas=(0.9, 0.95)))
            # in the loop: for optimizer in optimizers: optimizer.step()

            """.ReplaceLineEndings("\n"));
        return text.ToString();
    }
}
