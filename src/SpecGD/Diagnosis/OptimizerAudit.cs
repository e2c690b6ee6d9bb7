namespace SpecGD.Diagnosis;

/// <summary>A parameter that the optimizer treats otherwise than the diagnosis advises.</summary>
/// <param name="Name">The parameter.</param>
/// <param name="Group">Where the diagnosis puts it.</param>
/// <param name="Why">Its reason.</param>
public sealed record AuditFinding(string Name, PlanGroup Group, string Why);

/// <summary>A matrix that is on Muon, with what its update is like.</summary>
/// <param name="Name">The parameter.</param>
/// <param name="Out">Rows that the optimizer sees (of the stored shape, filters flattened).</param>
/// <param name="In">Columns likewise.</param>
/// <param name="Scale">The convention in force.</param>
/// <param name="LearningRate">The learning rate of its group, or null.</param>
public sealed record AuditedMatrix(string Name, long Out, long In, LearningRateScale Scale, double? LearningRate);

/// <summary>An optimizer's groups, held against a diagnosis.</summary>
/// <param name="Misplaced">On Muon, and should not be.</param>
/// <param name="Missed">Judged spectral, and not on Muon.</param>
/// <param name="Unknown">Names of the optimizer that the capture does not have, biases and the like apart.</param>
/// <param name="Unassigned">Trained parameters that are in no group, biases among them: the optimizer never updates them.</param>
/// <param name="Undivided">Several matrices in one tensor, on Muon as one: it mixes them. A group that says how to divide (split_sizes, num_heads) does not.</param>
/// <param name="Doubled">In more than one group: updated that often at each step.</param>
/// <param name="Matrices">What is on Muon, with its scale.</param>
public sealed record OptimizerAudit(
    IReadOnlyList<AuditFinding> Misplaced,
    IReadOnlyList<AuditFinding> Missed,
    IReadOnlyList<string> Unknown,
    IReadOnlyList<string> Unassigned,
    IReadOnlyList<AuditFinding> Undivided,
    IReadOnlyList<string> Doubled,
    IReadOnlyList<AuditedMatrix> Matrices)
{
    /// <summary>Whether the optimizer's groups are those of the diagnosis.</summary>
    public bool IsClean => Misplaced.Count + Missed.Count + Unknown.Count + Unassigned.Count + Undivided.Count + Doubled.Count == 0;

    /// <summary>Settings by which optimizers divide a tensor: those of dion, and of Newton-Schulz with the Gram matrix.</summary>
    private static readonly string[] Dividing = ["num_heads", "split_sizes", "param_split_fn"];

    /// <summary>The audit of <paramref name="optimizer"/>.</summary>
    public static OptimizerAudit Of(NetworkDiagnosis diagnosis, OptimizerDescription optimizer)
    {
        ArgumentNullException.ThrowIfNull(diagnosis);
        ArgumentNullException.ThrowIfNull(optimizer);
        var plan = ParameterPlan.Of(diagnosis);
        var planned = plan.Parameters.ToDictionary(parameter => parameter.Name);
        var layers = diagnosis.Trends.Select(trend => trend.Last.Entry).ToArray();
        var aliases = layers.Where(layer => layer.Parameter is not null).DistinctBy(layer => layer.Name + ".weight")
            .ToDictionary(layer => layer.Name + ".weight", layer => layer.Parameter!); // a tied weight has a name for each of its layers
        optimizer = optimizer with
        {
            Groups = [.. optimizer.Groups.Select(group => group with { Parameters = [.. group.Parameters.Select(name => planned.ContainsKey(name) ? name : aliases.GetValueOrDefault(name, name))] })],
        };
        var onMuon = optimizer.Groups.Where(group => group.IsSpectral).SelectMany(group => group.Parameters.Select(name => (name, group))).ToArray();
        HashSet<string> names = [.. onMuon.Select(entry => entry.name)];
        HashSet<string> assigned = [.. optimizer.Groups.SelectMany(group => group.Parameters)];
        HashSet<string> known = [.. planned.Keys, .. plan.Others, .. diagnosis.Unmeasured.Select(matrix => matrix.Name)];
        return new OptimizerAudit(
            [.. onMuon.Where(entry => planned.TryGetValue(entry.name, out var p) && p.Group is PlanGroup.HeldBack or PlanGroup.Gain or PlanGroup.Euclidean)
                .Select(entry => Finding(planned[entry.name]))],
            [.. plan.Spectral.Where(parameter => !names.Contains(parameter.Name)).Select(Finding)],
            [.. assigned.Where(name => !known.Contains(name))],
            [.. layers.Where(layer => !layer.Frozen).Select(layer => layer.Parameter).OfType<string>().Where(planned.ContainsKey)
                .Concat(optimizer.Ungrouped).Distinct().Except(assigned)],
            [.. onMuon.Where(entry => planned.TryGetValue(entry.name, out var p) && p is { IsFused: true, Group: PlanGroup.Fused or PlanGroup.Undecided } && !entry.group.Settings.Keys.Any(Dividing.Contains))
                .Select(entry => Finding(planned[entry.name]))],
            [.. optimizer.Groups.SelectMany(group => group.Parameters.Distinct()).GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key)],
            [.. onMuon.Where(entry => planned.TryGetValue(entry.name, out var p) && p.StoredShape.Count >= 2).Select(entry => Matrix(planned[entry.name], entry.group))]);
    }

    private static AuditFinding Finding(PlannedParameter parameter) => new(parameter.Name, parameter.Group, parameter.Comment);

    private static AuditedMatrix Matrix(PlannedParameter parameter, OptimizerGroup group)
    {
        var shape = parameter.StoredShape;
        var (rows, columns) = parameter.Layout is "conv" or "conv_transposed"
            ? (shape[0], shape.Skip(1).Aggregate(1L, (product, size) => product * size))
            : (shape[^2], shape[^1]);
        double? rate = group.Settings.TryGetValue("lr", out var value) && value.TryGetDouble(out double number) ? number : null;
        return new AuditedMatrix(parameter.Name, rows, columns, group.Scale, rate);
    }
}
