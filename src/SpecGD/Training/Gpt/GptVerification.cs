using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Optimizers.Parameters;
using SpecGD.Spectral;

namespace SpecGD.Training.Gpt;

/// <summary>How far one recorded quantity is from what was computed.</summary>
/// <param name="Quantity">What was compared.</param>
/// <param name="Compared">How many values or tensors.</param>
/// <param name="Deviation">The largest relative deviation; infinite where a value is missing on one side, or must be zero and is not.</param>
/// <param name="Where">Where it is.</param>
/// <param name="Tolerance">What is allowed.</param>
public sealed record GptDeviation(string Quantity, int Compared, double Deviation, string Where, double Tolerance)
{
    /// <summary>True where something was compared and nothing deviates further than allowed.</summary>
    public bool Holds => Compared > 0 && Deviation <= Tolerance;
}

/// <summary>
/// Computes a recorded NanoGPT case again, in double: losses, gradients, measures, and the weights after a few steps of Muon and Adam. Whoever
/// wrote the record, another program or an earlier version, is held to this one and the other way round.
/// </summary>
public sealed class GptVerification
{
    /// <summary>The order of sums of some thousands of terms in double.</summary>
    private const double Loss = 1e-10;

    /// <summary>The same, through the whole backward pass, relative to the Frobenius norm.</summary>
    private const double Gradient = 1e-8;

    /// <summary>Measures of activations and gradients that agree as those do; the nuclear rank sees the small singular values too.</summary>
    private const double StableRank = 1e-8, NuclearRank = 1e-6;

    /// <summary>Newton–Schulz enlarges small singular values, and with them their rounding, some hundred times a step.</summary>
    private const double Weights = 1e-6;

    /// <summary>
    /// From the snapshot's zeros, the first gradients of skip weights and λ are pure rounding, and Adam divides them by themselves (ε is 1e-10): the
    /// scalars go where rounding sends them, which moves later losses by so much.
    /// </summary>
    private const double LossFromZero = 1e-7;

    /// <summary>Steps of the run that the recorded ones are the beginning of, as a multiple: the learning rate stays at its largest.</summary>
    private const int RunOverRecorded = 10;

    private const string Scalars = "scalars";

    private readonly GptCase _case;
    private readonly GptParameters<double> _parameters;
    private readonly IGptEngine<double> _engine;
    private readonly IGptModel<double> _model;
    private readonly List<GptDeviation> _deviations = [];

    private GptVerification(GptCase recorded, IGptEngine<double> engine)
    {
        (_case, _engine) = (recorded, engine);
        _parameters = new GptParameters<double>(recorded.Shape);
        foreach (var tensor in _parameters.All)
            recorded.Tensor("param.", tensor.Name, tensor.Shape).CopyTo(tensor.Value);
        _model = engine.Model(_parameters, recorded.Length);
    }

    /// <summary>Verifies BASE.json and BASE.safetensors.</summary>
    /// <param name="path">BASE, with or without one of the endings.</param>
    /// <param name="engine">What computes.</param>
    /// <returns>A line for each recorded quantity.</returns>
    /// <exception cref="BadInputException">A file cannot be read, or lacks something.</exception>
    public static IReadOnlyList<GptDeviation> Run(string path, IGptEngine<double> engine)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(engine);
        using var recorded = GptCase.Open(path);
        var verification = new GptVerification(recorded, engine);
        verification.CheckGradients();
        verification.CheckTraining();
        return verification._deviations;
    }

    private void CheckGradients()
    {
        int[] tokens = _case.Tokens(0);
        var observed = new GptMeasures.StableRanks<double>();
        double loss = _model.LossAndGradient(tokens.AsSpan(0, _case.Length), tokens.AsSpan(1), _case.Window, observed);
        double validation = _engine.Model(_parameters, _case.Length, forTraining: false)
            .Loss(tokens.AsSpan(0, _case.Length), tokens.AsSpan(1), _case.Window) / _case.Length;
        Compare("loss", Loss, [("sum", loss, _case.Number("loss_sum"))]);
        Compare("validation loss", Loss, [("mean", validation, _case.Number("val_loss_mean"))]);
        CompareTensors("gradients", "grad.", Gradient, tensor => tensor.Gradient, _ => true);
        CompareMeasures("stable ranks", StableRank, observed.Values, _case.Measures("stable_rank"));
        CompareMeasures("nuclear ranks", NuclearRank, GptMeasures.NuclearRanks(_parameters), _case.Measures("nuclear_rank"));
        Compare("stable rank of the token indicator", StableRank,
            [("token_indicator", GptMeasures.TokenIndicatorStableRank(tokens[.._case.Length]), _case.Number("token_indicator_stable_rank"))]);
    }

    private void CheckTraining()
    {
        double[] recorded = _case.Numbers("train_losses");
        if (recorded.Length != _case.Steps)
            throw new BadInputException($"'train_losses' has {Counted.Of(recorded.Length, "value")} for {Counted.Of(_case.Steps, "step")}.");
        var optimizer = new ParameterOptimizer<double>(
            _parameters.All, GptRouting.Muon(new MuonRule(), new AdamRule()), new CooldownSchedule(RunOverRecorded * Math.Max(1, _case.Steps)));
        var losses = new List<(string, double, double)>();
        for (int step = 0; step < _case.Steps; step++)
        {
            int[] tokens = _case.Tokens(step + 1);
            _parameters.ClearGradients();
            losses.Add(($"step {step}", _model.LossAndGradient(tokens.AsSpan(0, _case.Length), tokens.AsSpan(1), _case.Window), recorded[step]));
            optimizer.Step();
        }
        Compare("training losses", _case.StartsAtZero ? LossFromZero : Loss, losses);
        CompareTensors("weights after training", "after.", Weights, tensor => tensor.Value, name => !(_case.StartsAtZero && name == Scalars));
    }

    private void CompareTensors(
        string quantity, string prefix, double tolerance, Func<ParameterTensor<double>, Matrix<double>> computed, Func<string, bool> compared)
    {
        var values = new List<(string, double)>();
        foreach (var tensor in _parameters.All.Where(t => compared(t.Name)))
        {
            var difference = _case.Tensor(prefix, tensor.Name, tensor.Shape);
            double norm = Norm(difference);
            difference.AddScaled(-1, computed(tensor));
            values.Add((tensor.Name, Relative(Norm(difference), norm)));
        }
        Add(quantity, tolerance, values);
    }

    private void CompareMeasures(
        string quantity, double tolerance, IReadOnlyDictionary<string, double?> computed, IReadOnlyDictionary<string, double?> recorded) =>
        Add(quantity, tolerance, computed.Keys.Union(recorded.Keys).Select(name =>
        {
            bool both = computed.TryGetValue(name, out double? ours) & recorded.TryGetValue(name, out double? theirs);
            double deviation = ours is { } x && theirs is { } y ? Relative(Math.Abs(x - y), Math.Abs(y))
                : ours == theirs ? 0
                : double.PositiveInfinity;
            return (name, both ? deviation : double.PositiveInfinity);
        }));

    private void Compare(string quantity, double tolerance, IEnumerable<(string Where, double Computed, double Recorded)> values) =>
        Add(quantity, tolerance, values.Select(v => (v.Where, Relative(Math.Abs(v.Computed - v.Recorded), Math.Abs(v.Recorded)))));

    private void Add(string quantity, double tolerance, IEnumerable<(string Where, double Deviation)> values)
    {
        var worst = (Where: "", Deviation: 0.0);
        int count = 0;
        foreach (var value in values)
        {
            count++;
            if (!(value.Deviation <= worst.Deviation) || count == 1) // a NaN is the worst
                worst = value;
            if (double.IsNaN(worst.Deviation))
                break;
        }
        _deviations.Add(new GptDeviation(quantity, count, worst.Deviation, worst.Where, tolerance));
    }

    /// <summary>Sums of squares as they are: a NaN stays one, where a measure would throw.</summary>
    private static double Norm(Matrix<double> matrix) => Math.Sqrt(matrix.SumOfSquares());

    private static double Relative(double difference, double size) => difference == 0 ? 0 : difference / size;
}
