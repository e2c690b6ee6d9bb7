using SpecGD.Diagnosis;
using static SpecGD.Tests.Diagnosis.PlantedCapture;

namespace SpecGD.Tests.Diagnosis;

/// <summary>Weights that are several things at once: tied ones, fused ones, and matrices that are called as something else is.</summary>
public sealed class SharedAndFusedWeightsTests : IDisposable
{
    private readonly PlantedCapture _planted = new();

    public void Dispose() => _planted.Dispose();

    [Fact]
    public void A_tied_weight_is_counted_once()
    {
        var network = _planted.Layer("embed", Flat(16, 8, 8), Flat(8, 8, 1), more: """{"stored_shape": [16, 8], "tied_with": ["lm_head"]}""")
            .Layer("mid", Flat(16, 8, 8), Flat(8, 8, 1))
            .Layer("lm_head", Flat(16, 8, 8), Flat(8, 8, 1), more: """{"stored_shape": [16, 8], "parameter": "embed.weight", "tied_with": ["embed"]}""").Diagnose();

        network.Total.Parameters.ShouldBe(2 * 16 * 8);
        network.Total.Layers.ShouldBe(3);
    }

    [Fact]
    public void The_gate_of_a_fused_projection_is_no_router_and_a_router_is_no_part_of_an_MLP()
    {
        var network = _planted.Layer("mlp.gate_up_proj.gate", Flat(6, 8, 6), Flat(8, 8, 1), more: """{"part_of": "mlp.gate_up_proj", "shape": [6, 8]}""")
            .Layer("mlp.gate", Flat(4, 8, 4), Flat(8, 8, 1), more: """{"shape": [4, 8]}""").Layer("mlp.down[0]", Flat(8, 6, 6), Flat(6, 6, 1), more: """{"slice_of": "mlp.down"}""").Diagnose();

        network.Trends.Select(trend => trend.Last.HeldBack).ShouldBe([null, "router", null]);
        network.Trends.Select(trend => trend.Last.Group).ShouldBe([LayerGroup.MlpIn, LayerGroup.Other, LayerGroup.MlpOut]);
    }

    [Fact]
    public void A_stack_whose_products_are_cut_looks_fused_and_is_left_to_no_Muon()
    {
        const string slice = """{"slice_of": "mlp.w", "parameter": "mlp.w", "stored_shape": [2, 16, 8], "chunks": [8, 8]}""";
        var network = _planted.Layer("mlp.w[0]", Flat(16, 8, 8), Flat(8, 8, 1), more: slice).Layer("mlp.w[1]", Flat(16, 8, 8), Flat(8, 8, 1), more: slice).Diagnose();

        network.Trends.ShouldAllBe(trend => trend.Last.Warnings.Any(warning => warning.Code == "looks-fused" && warning.Text.Contains("split={\"mlp.w\": {")));
        ParameterPlan.Of(network).Of(PlanGroup.Fused).Select(parameter => parameter.Name).ShouldBe(["mlp.w"]);
    }
}
