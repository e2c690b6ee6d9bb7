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
        AppendNames(text, "spectral", plan.Spectral.Where(IsMatrix));
        foreach (var convolution in plan.Spectral.Where(IsConvolution))
            text.Append($"# {convolution.Name} is judged spectral, but torch.optim.Muon takes two-dimensional parameters only: left to AdamW.\n");
        text.Append('\n').Append(PlainNames);
        text.Append(
            """
            named = [(plain(name), p) for name, p in model.named_parameters() if p.requires_grad]
            muon = torch.optim.Muon([p for name, p in named if name in spectral], lr=3e-4, weight_decay=0.1, adjust_lr_fn="match_rms_adamw")
            adamw = torch.optim.AdamW([p for name, p in named if name not in spectral], lr=3e-4, betas=(0.9, 0.95), weight_decay=0.1)
            # in the loop: muon.step(); adamw.step()

            """.ReplaceLineEndings("\n"));
        return text.ToString();
    }
}
