using System.Text.Json.Nodes;
using SpecGD.Diagnosis;
using SpecGD.Records;
using SpecGD.Torch;
using static TorchSharp.torch;

namespace SpecGD.Gallery;

/// <summary>nr(G) and st(A) of one matrix at one moment of a run.</summary>
/// <param name="Layer">Its layer.</param>
/// <param name="Type">The part of the network it is.</param>
/// <param name="Out">Rows of the weight, as a matrix.</param>
/// <param name="In">Columns.</param>
/// <param name="NuclearRank">nr(G); null where there was no gradient.</param>
/// <param name="StableRank">st(A).</param>
internal sealed record LayerReading(string Layer, string Type, long Out, long In, double? NuclearRank, double? StableRank)
{
    /// <summary>nr(G)/st(A).</summary>
    public double? Ratio => NuclearRank / StableRank;

    /// <summary>Of every matrix that learns, in the order of the network, while the loss of one batch and its gradients are computed.</summary>
    /// <param name="model">The network, without gradients; those of the batch are there afterwards.</param>
    /// <param name="loss">Computes the loss of the batch.</param>
    /// <param name="step">The step of the run.</param>
    public static (IReadOnlyList<LayerReading> Readings, double Loss) Of(nn.Module<Tensor, Tensor> model, Func<Tensor> loss, int step)
    {
        using var scope = NewDisposeScope();
        HashSet<string> learning = [.. TwoOptimizers.MatricesOf(model).Select(matrix => matrix.Layer + ".weight")];
        using var probe = new LayerProbe(model);
        probe.Start();
        var computed = loss();
        computed.backward();
        return ([.. probe.Diagnose(step).Rows.Where(row => learning.Contains(ParameterOf(row))).Select(Reading)], computed.item<float>());
    }

    /// <summary>As a row of the log.</summary>
    public JsonObject ToJson(string moment) => new()
    {
        ["moment"] = moment,
        ["layer"] = Layer,
        ["type"] = Type,
        ["out"] = Out,
        ["in"] = In,
        ["nuclear_rank"] = JsonNumber.From(NuclearRank ?? double.NaN),
        ["stable_rank"] = JsonNumber.From(StableRank ?? double.NaN),
    };

    private static LayerReading Reading(LayerDiagnosis row) =>
        new(row.Name, row.Group.Word(), row.Shape?.Out ?? 0, row.Shape?.In ?? 0, row.NuclearRank, row.StableRank);

    private static string ParameterOf(LayerDiagnosis row) => row.Entry.Parameter ?? row.Name + ".weight";
}
