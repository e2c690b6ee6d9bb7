using SpecGD.Diagnosis;
using static SpecGD.Tests.Diagnosis.PlantedCapture;

namespace SpecGD.Tests.Diagnosis;

/// <summary>Which parameter gets which geometry.</summary>
public sealed class ParameterPlanTests : IDisposable
{
    private readonly PlantedCapture _planted = new();

    public void Dispose() => _planted.Dispose();

    /// <summary>Layer 0 has more experts, all spectral; those of layer 1 that met tokens are Euclidean.</summary>
    [Fact]
    public void An_expert_without_tokens_goes_with_those_of_its_own_layer()
    {
        for (int expert = 0; expert < 4; expert++)
            _planted.Layer($"layers.0.experts.{expert}.w1", Flat(8, 8, 8), Flat(8, 8, 1));
        for (int expert = 0; expert < 2; expert++)
            _planted.Layer($"layers.1.experts.{expert}.w1", Flat(8, 8, 1), Flat(8, 8, 8));
        var plan = ParameterPlan.Of(_planted.Layer("layers.1.experts.2.w1", null, Flat(8, 8, 1)).Layer("layers.2.experts.0.w1", null, Flat(8, 8, 1)).Diagnose());

        var starved = plan.Parameters.Single(parameter => parameter.Name == "layers.1.experts.2.w1.weight");
        starved.Group.ShouldBe(PlanGroup.Euclidean);
        starved.Comment.ShouldEndWith("stays with its siblings, as layers.1.experts.0.w1.weight");
        plan.Parameters.Single(parameter => parameter.Name == "layers.2.experts.0.w1.weight").Group.ShouldBe(PlanGroup.Spectral, "its layer has no other: as most of all layers");
    }
}
