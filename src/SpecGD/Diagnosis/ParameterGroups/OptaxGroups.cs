using System.Globalization;
using System.Text;

namespace SpecGD.Diagnosis.ParameterGroups;

/// <summary>
/// optax.contrib.muon: a tree with MuonDimensionNumbers where Muon applies and None where Adam does. In JAX a Dense kernel is (in, out), so that the
/// reduction axis is 0 and the output axis 1; filters are (kernel…, in, out). What was captured tells how this network stores its own.
/// </summary>
internal sealed class OptaxGroups : ParameterGroupText
{
    public override string Name => "optax";

    public override string Title => "optax.contrib.muon";

    public override string Render(ParameterPlan plan)
    {
        var text = new StringBuilder("# optax.contrib.muon (0.2.6 or newer): Muon where a parameter has dimension numbers, AdamW where it has "
            + "None.\n");
        text.Append("# reduction_axis is the side of the incoming features: 0 for Flax kernels (in, out), 1 for weights stored (out, in) as "
            + "PyTorch's Linear.\n");
        text.Append("# The names are those of the capture, joined with '.'; adapt `key` where your tree is named otherwise.\n");
        text.Append("import jax\nimport optax\nfrom optax.contrib import MuonDimensionNumbers\n\nspectral = {\n");
        foreach (var parameter in plan.Spectral)
            text.Append($"    {Quoted(parameter.Name)}: {Numbers(parameter)},  # {parameter.ShapeText}; {OneLine(parameter.Comment)}\n");
        text.Append(
            """
            }

            def key(path):
                return ".".join(str(getattr(part, "key", getattr(part, "name", getattr(part, "idx", part)))) for part in path)

            def dimension_numbers(params):
                return jax.tree_util.tree_map_with_path(lambda path, _: spectral.get(key(path)), params)

            # Adam's weight decay would fall on biases, gains and tables, too, so it is 0.
            # consistent_rms=0.2 scales by 0.2 sqrt(max(in, out)), whichever way a matrix is stored, so that AdamW's learning rate fits.
            optimizer = optax.contrib.muon(
                learning_rate=3e-4, weight_decay=0.1, adam_weight_decay=0.0, consistent_rms=0.2, muon_weight_dimension_numbers=dimension_numbers)

            """.ReplaceLineEndings("\n"));
        return text.ToString();
    }

    private static string Numbers(PlannedParameter parameter) => parameter.Layout switch
    {
        "in_out" when parameter.StoredShape.Count > 2 => "MuonDimensionNumbers(reduction_axis=-2, output_axis=-1)",
        "out_in" when parameter.StoredShape.Count > 2 => "MuonDimensionNumbers(reduction_axis=-1, output_axis=-2)",
        "in_out" => "MuonDimensionNumbers(reduction_axis=0, output_axis=1)",
        "conv_transposed" => "MuonDimensionNumbers(reduction_axis=0, output_axis="
            + $"({string.Join(", ", Enumerable.Range(1, Math.Max(1, parameter.StoredShape.Count - 1)))},))",
        "conv" => string.Create(
            CultureInfo.InvariantCulture,
            $"MuonDimensionNumbers(reduction_axis=({string.Join(", ", Enumerable.Range(1, Math.Max(1, parameter.StoredShape.Count - 1)))},), "
                + $"output_axis=0)"),
        _ => "MuonDimensionNumbers(reduction_axis=1, output_axis=0)",
    };
}
