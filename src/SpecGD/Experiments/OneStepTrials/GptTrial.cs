using System.Text.Json.Nodes;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Optimizers.Parameters;
using SpecGD.Spectral;
using SpecGD.Training;
using SpecGD.Training.Gpt;

namespace SpecGD.Experiments.OneStepTrials;

/// <summary>
/// Both single steps of every matrix of a small GPT alone, along a training with Muon on the sample text, in double precision. What multiplies a
/// matrix is what counts as its A: for the attention's output that is the heads' output.
/// </summary>
internal sealed class GptTrial
{
    /// <summary>The largest eigenvalue of the curvature of one token's cross-entropy in its logits.</summary>
    private const double CrossEntropyCurvature = 0.5;

    private static readonly string[] Projections = ["q", "k", "v"];

    private readonly TrialSource _source;
    private readonly GptParameters<double> _parameters;
    private readonly GptTrainingPlan _plan;
    private readonly IGptModel<double> _model;
    private readonly ITokenSource _tokens;
    private readonly ParameterOptimizer<double> _optimizer;

    /// <summary>The model at its start.</summary>
    public GptTrial(TrialSource source, NanoGptOptions options)
    {
        _source = source;
        _plan = options.Plan();
        var data = NanoGptData.Sample(options);
        NanoGptPasses.Of(options, data).Require();
        _tokens = data.Source;
        _parameters = new GptParameters<double>(data.Fit(options.Shape()));
        _parameters.Initialise(new TorchRandom((ulong)source.Seed));
        _model = GptEngines.InDouble().Model(_parameters, _plan.Length);
        _optimizer = new ParameterOptimizer<double>(_parameters.All, options.Routing(), _plan.Schedule);
    }

    /// <summary>Trains, and tries both steps at the places given.</summary>
    public JsonArray Run(IReadOnlySet<int> places, IProgressTask progress, CancellationToken cancellation)
    {
        var rows = new JsonArray();
        for (int step = 0; step < _plan.Steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            Batch batch = new(_tokens.Next(), _plan.WindowBlocks(step));
            var activations = places.Contains(step) ? new StackedActivations() : null;
            _parameters.ClearGradients();
            double before = batch.Sum((inputs, targets, window) => _model.LossAndGradient(inputs, targets, window, activations)) / batch.Tokens;
            if (activations is not null)
                foreach (var row in OneStepTrial.Alone(_source, step, Layers(batch, activations), () => Loss(batch, cancellation), before))
                    rows.Add(row.ToJson());
            _optimizer.Step();
            progress.Advance(step + 1);
        }
        return rows;
    }

    private double Loss(Batch batch, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        return batch.Sum((inputs, targets, window) => _model.Loss(inputs, targets, window)) / batch.Tokens;
    }

    private List<SteppedLayer> Layers(Batch batch, StackedActivations activations)
    {
        var layers = new List<SteppedLayer>();
        for (int i = 0; i < _parameters.Blocks.Count; i++)
        {
            var block = _parameters.Blocks[i];
            foreach (var (part, matrix) in Projections.Zip(block.Attention?.Matrices ?? []))
                Add($"{i}.attn.{part}", part, matrix, activations.Of($"block{i}.rms.pre_attn"));
            if (block.Attention is { } attention)
                Add($"{i}.attn.o", "attention out", attention.Matrices[^1], activations.Of($"block{i}.attn.out"));
            Add($"{i}.mlp.c_fc", "MLP in", block.Expand.Matrices[0], activations.Of($"block{i}.rms.pre_mlp"));
            Add($"{i}.mlp.c_proj", "MLP out", block.Project.Matrices[0], activations.Of($"block{i}.mlp.post"));
        }
        Add("lm_head", "head", _parameters.Head.Matrices[0], activations.Of("lm_head.pre"));
        Add("embedding", "embedding", _parameters.Embedding.Matrices[0], batch.Indicator(_parameters.Shape.PaddedVocabulary));
        return layers;

        void Add(string name, string kind, ParameterMatrix<double> matrix, Matrix<double> activation)
        {
            var mean = matrix.Gradient.Clone();
            mean.Scale(1.0 / batch.Tokens);
            var measured = new ActivationMeasurement(activation, batch.Tokens);
            layers.Add(new SteppedLayer(name, kind, matrix.Value, mean, measured, CrossEntropyCurvature / batch.Tokens));
        }
    }

    private delegate double SequenceLoss(ReadOnlySpan<int> inputs, ReadOnlySpan<int> targets, int window);

    /// <summary>The sequences of a step.</summary>
    private sealed class Batch(IReadOnlyList<ReadOnlyMemory<ushort>> sequences, int window)
    {
        private readonly int[][] _sequences = [.. sequences.Select(sequence => Array.ConvertAll(sequence.ToArray(), token => (int)token))];

        /// <summary>n, tokens that are predicted.</summary>
        public int Tokens => _sequences.Sum(sequence => sequence.Length - 1);

        public double Sum(SequenceLoss loss) => _sequences.Sum(s => loss(s.AsSpan(0, s.Length - 1), s.AsSpan(1), window));

        /// <summary>The token-indicator matrix, tokens × vocabulary.</summary>
        public Matrix<double> Indicator(int vocabulary)
        {
            var indicator = new Matrix<double>(Tokens, vocabulary);
            int row = 0;
            foreach (int token in _sequences.SelectMany(sequence => sequence.SkipLast(1)))
                indicator[row++, token] = 1;
            return indicator;
        }
    }

    /// <summary>The activations of all sequences of a step, one below the other.</summary>
    private sealed class StackedActivations : IGptObserver<double>
    {
        private readonly Dictionary<string, List<Matrix<double>>> _parts = [];

        public void Observe(string name, Matrix<double> activations)
        {
            if (!_parts.TryGetValue(name, out var parts))
                _parts.Add(name, parts = []);
            parts.Add(activations.Clone());
        }

        /// <summary>tokens × features.</summary>
        public Matrix<double> Of(string name)
        {
            var parts = _parts[name];
            var stacked = new Matrix<double>(parts.Sum(part => part.Rows), parts[0].Columns);
            int row = 0;
            foreach (var part in parts)
            {
                part.CopyTo(stacked.RowSlice(row, part.Rows));
                row += part.Rows;
            }
            return stacked;
        }
    }
}
