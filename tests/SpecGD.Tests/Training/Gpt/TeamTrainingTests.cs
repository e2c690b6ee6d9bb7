using System.Numerics;
using SpecGD.Models.Gpt;
using SpecGD.Numerics.Communication;
using SpecGD.Numerics.Random;
using SpecGD.Optimizers.Parameters;
using SpecGD.Records;
using SpecGD.Tests.Communication;
using SpecGD.Training;
using SpecGD.Training.Gpt;

namespace SpecGD.Tests.Training.Gpt;

/// <summary>Several ranks against one, in double precision, where rounding is far below what any mistake would do.</summary>
public sealed class TeamTrainingTests : IDisposable
{
    /// <summary>
    /// Sums of six sequences' gradients are taken in another order, which changes 1e-16 of them; six steps of Muon and Adam make that larger.
    /// </summary>
    private const double Rounding = 1e-9;

    /// <summary>
    /// Far above the snapshot's 1e-10, with which Adam's step is that of the sign: an entry whose gradient is nothing but rounding then moves as far
    /// as any other, and how far ranks agree would say nothing.
    /// </summary>
    private const double Epsilon = 1e-3;

    private const int Sequences = 6;

    private static readonly GptTrainingPlan Plan = GptTrainingCase.Plan with { Ranks = 2, TrackEvery = 2, ValidateEvery = 3, CheckpointEvery = 2 };

    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-collective-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [InlineData(2, "muon")]
    [InlineData(3, "muon")]
    [InlineData(3, "adam")]
    public void Ranks_together_train_as_one_does(int ranks, string routing)
    {
        var alone = Trained(Trainer(null, routing: routing));

        var together = ThreadTeam.Run(ranks, collective => Trained(Trainer(collective, routing: routing)));

        foreach (var one in together)
        {
            Difference(one, alone).ShouldBeLessThanOrEqualTo(Rounding);
            Weights(one).ShouldBe(Weights(together[0]), "all ranks have the same bits");
            (one.Tracker.ToJson().ToJsonString() == together[0].Tracker.ToJson().ToJsonString()).ShouldBeTrue("all ranks have the same record, to the bit");
            one.Tracker.Sections.ShouldBe(alone.Tracker.Sections);
        }
    }

    /// <summary>The tests above must be able to fail: ranks that keep their gradients to themselves, and such that do not spread what they update.</summary>
    [SkippableTheory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Ranks_that_do_not_exchange_train_otherwise(bool deafToSums, bool deafToOthers)
    {
        var alone = Trained(Trainer(null));

        var together = ThreadTeam.Run(2, collective => Trained(Trainer(new Deaf(collective, deafToSums, deafToOthers))));

        (Difference(together[0], alone) > 1e4 * Rounding).ShouldBeTrue($"{Difference(together[0], alone)}");
    }

    [SkippableFact]
    public void Overlap_changes_no_bit()
    {
        var overlapped = ThreadTeam.Run(2, collective => Weights(Trained(Trainer(collective))));

        ThreadTeam.Run(2, collective => Weights(Trained(Trainer(collective, overlaps: false))))[0].ShouldBe(overlapped[0]);
    }

    [SkippableFact]
    public void A_backward_pass_tells_of_every_tensor_once_and_adds_nothing_after()
    {
        var parameters = new GptParameters<double>(GptTrainingCase.Shape);
        parameters.Initialise(new TorchRandom(1));
        parameters.Head.Value.Fill(0.01);
        var model = LanguageEngine.Of<double>().Model(parameters, 128);
        int[] tokens = [.. GptTrainingCase.Text().Take(129).Select(t => (int)t)];
        var told = new List<(string Name, double[] Gradient)>();

        model.LossAndGradient(tokens.AsSpan(0, 128), tokens.AsSpan(1), 1, done: t => told.Add((t.Name, t.Gradient.AsSpan().ToArray())));

        told.Select(t => t.Name).ShouldBe(parameters.InOrderOfGradients.Select(t => t.Name));
        told.Select(t => t.Name).Order().ShouldBe(parameters.All.Select(t => t.Name).Order());
        foreach (var (name, gradient) in told)
            gradient.ShouldBe(parameters[name].Gradient.AsSpan().ToArray(), name);
    }

    [SkippableFact]
    public void Each_rank_remembers_its_share_and_all_shares_are_the_whole()
    {
        var alone = Trainer(null).Optimizer;
        var shares = ThreadTeam.Run(3, collective => Trainer(collective).Optimizer.State.Sum(state => (long)state.Matrix.Count));

        shares.Sum().ShouldBe(alone.State.Sum(state => (long)state.Matrix.Count));
        (shares.Max() < 1.2 * shares.Average()).ShouldBeTrue(string.Join(' ', shares));
        alone.Slots.Select(slot => (slot.Name, slot.Rows, slot.Columns)).ShouldBe(alone.State.Select(s => (s.Name, s.Matrix.Rows, s.Matrix.Columns)));
    }

    /// <summary>Elementwise rules see the same numbers in the same order, so dividing the rows changes no bit.</summary>
    [SkippableFact]
    public void Adam_divided_by_rows_is_Adam_bit_by_bit()
    {
        var alone = Updated(null);

        foreach (double[] weights in ThreadTeam.Run(3, Updated))
            weights.ShouldBe(alone);

        static double[] Updated(ICollective? collective)
        {
            var parameters = new GptParameters<double>(GptTrainingCase.Shape);
            parameters.Initialise(new TorchRandom(1));
            var optimizer = new ParameterOptimizer<double>(parameters.All, GptRouting.Adam(new AdamRule()), new CooldownSchedule(10), collective);
            var random = new TorchRandom(2);
            for (int step = 0; step < 3; step++)
            {
                foreach (var tensor in parameters.All)
                    random.FillNormalRows(tensor.Gradient);
                optimizer.Step();
            }
            return Weights(parameters);
        }
    }

    [SkippableTheory]
    [InlineData(2, 1)]
    [InlineData(1, 3)]
    [InlineData(3, 2)]
    public void A_checkpoint_is_for_any_number_of_ranks(int before, int after)
    {
        var whole = Trained(Trainer(null));
        double[][] stopped = Run(before, collective => Weights(StoppedAfter(3, Trainer(collective, Checkpoints(collective)), collective.Rank)));

        var resumed = Run(after, collective =>
        {
            var trainer = Trainer(collective, Checkpoints(collective));
            var said = trainer.Resume();
            said.ShouldBe(collective.Rank == 0 ? [$"Going on from {Path.Combine(_folder, "step-000003")}, after step 3."] : []);
            Weights(trainer).ShouldBe(stopped[0], "the weights are those of the checkpoint, to the bit");
            return Trained(trainer);
        });

        foreach (var one in resumed)
            Difference(one, whole).ShouldBeLessThanOrEqualTo(Rounding);
        resumed[0].Log.Find("train_loss")!.Steps.ShouldBe([0, 1, 2, 3, 4, 5]);
    }

    [SkippableFact]
    public void What_several_ranks_keep_is_what_each_remembers_bit_by_bit()
    {
        var shares = ThreadTeam.Run(3, collective => StoppedAfter(3, Trainer(collective, Checkpoints(collective)), collective.Rank));
        var alone = Trainer(null, Checkpoints(SingleProcess.Instance));
        alone.Resume().Count.ShouldBe(1);

        foreach (var rank in shares)
            foreach (var ((piece, _), (name, matrix)) in Zipped(rank))
            {
                var kept = alone.Optimizer.State.Single(state => state.Name == name).Matrix.RowSlice(piece.FirstRow, piece.Rows);
                matrix.AsSpan().ToArray().ShouldBe(kept.AsSpan().ToArray(), name);
            }

        static IEnumerable<((ParameterPiece Piece, Numerics.Matrix<double> Gradient), (string Name, Numerics.Matrix<double> Matrix))> Zipped(GptTrainer<double> trainer) =>
            trainer.Optimizer.OwnGradients.SelectMany(own => trainer.Optimizer.State.Where(s => s.Name.EndsWith("." + own.Piece.Unit.Name, StringComparison.Ordinal))
                .Where(s => s.Matrix.Rows == own.Piece.Rows).Select(s => (own, s)));
    }

    [SkippableFact]
    public void A_request_to_stop_one_rank_stops_all_after_the_same_step()
    {
        var outcomes = ThreadTeam.Run(3, collective =>
        {
            using var cancellation = new CancellationTokenSource();
            return Trainer(collective, Checkpoints(collective)).Run(new Stopper(collective.Rank == 1 ? 2 : int.MaxValue, cancellation), cancellation.Token);
        });

        outcomes.Distinct().ShouldBe([new GptTrainingOutcome(RunStatus.Interrupted, 2, "Interrupted after 2 of 6 steps; a checkpoint was saved.")]);
    }

    [SkippableFact]
    public void Divergence_on_one_rank_is_divergence_of_all_before_the_update()
    {
        var runs = ThreadTeam.Run(3, collective =>
        {
            var trainer = Trainer(collective);
            if (collective.Rank == 2)
                trainer.Parameters["lm_head.weight"].Value[5, 3] = double.NaN;
            var outcome = trainer.Run(SilentProgress.Instance, CancellationToken.None);
            return (outcome, trainer.Optimizer.Steps, trainer.Log.Find("train_loss"));
        });

        runs.Distinct().ShouldBe([(new GptTrainingOutcome(RunStatus.Diverged, 0, "The loss at step 0 is NaN."), 0, null)]);
    }

    [SkippableFact]
    public void A_gradient_that_overflows_is_named_alike_on_all_ranks()
    {
        var runs = ThreadTeam.Run(2, collective =>
        {
            var trainer = Trainer(collective);
            foreach (var tensor in trainer.Parameters.All)
                tensor.Gradient.Fill(1);
            if (collective.Rank == 1)
                trainer.Parameters["blocks.3.mlp.c_fc"].Gradient[2, 1] = double.NegativeInfinity;
            trainer.Optimizer.BeginSum().Complete();
            return GradientCheck.Problem(trainer.Optimizer, collective, 7);
        });

        runs.Distinct().ShouldBe(["The gradient of blocks.3.mlp.c_fc at step 7 has an entry that is Infinity."]);
    }

    private GptCheckpoints? Checkpoints(ICollective? collective) => collective is null or { Rank: 0 } ? new GptCheckpoints(_folder) : null;

    private static T[] Run<T>(int ranks, Func<ICollective, T> work) => ranks == 1 ? [work(SingleProcess.Instance)] : ThreadTeam.Run(ranks, work);

    private static GptTrainer<double> Trainer(ICollective? collective, GptCheckpoints? checkpoints = null, string routing = "muon", bool overlaps = true)
    {
        var parameters = new GptParameters<double>(GptTrainingCase.Shape);
        parameters.Initialise(new TorchRandom(1));
        ushort[] text = GptTrainingCase.Text();
        return new GptTrainer<double>(
            Plan,
            parameters,
            LanguageEngine.Of<double>(),
            GptRouting.Named(routing, new MuonRule(), new AdamRule { Epsilon = Epsilon }),
            new MemoryTokens(text, Plan.Length, Sequences),
            [text.AsMemory(1000, 129), text.AsMemory(1200, 257), text.AsMemory(1500, 129)],
            checkpoints,
            collective)
        { Overlaps = overlaps };
    }

    private static GptTrainer<double> Trained(GptTrainer<double> trainer)
    {
        trainer.Run(SilentProgress.Instance, CancellationToken.None).Status.ShouldNotBe(RunStatus.Interrupted);
        return trainer;
    }

    private static GptTrainer<double> StoppedAfter(int steps, GptTrainer<double> trainer, int rank)
    {
        using var cancellation = new CancellationTokenSource();
        trainer.Run(new Stopper(rank == 0 ? steps : int.MaxValue, cancellation), cancellation.Token).Step.ShouldBe(steps);
        return trainer;
    }

    private static double[] Weights(GptTrainer<double> trainer) => Weights(trainer.Parameters);

    private static double[] Weights(GptParameters<double> parameters) => [.. parameters.All.SelectMany(t => t.Value.AsSpan().ToArray())];

    /// <summary>The largest difference in weights, losses and measures, relative to the larger of the number and 1.</summary>
    private static double Difference(GptTrainer<double> a, GptTrainer<double> b)
    {
        if (Numbers(a).Count() != Numbers(b).Count())
            return double.PositiveInfinity;
        var pairs = Weights(a).Zip(Weights(b)).Concat(Numbers(a).Zip(Numbers(b), (x, y) => (x, y))).ToArray();
        return pairs.Max(pair => Math.Abs(pair.Item1 - pair.Item2) / Math.Max(1, Math.Abs(pair.Item2)));
    }

    private static IEnumerable<double> Numbers(GptTrainer<double> trainer) =>
        trainer.Log.Series.SelectMany(series => series.Value.Values)
            .Concat(trainer.Tracker.Sections.SelectMany(section => trainer.Tracker[section]).SelectMany(series => series.Value.Values));

    /// <summary>A rank that hears nothing of what the others sum, or of what they gather.</summary>
    private sealed class Deaf(ICollective collective, bool toSums, bool toOthers) : ICollective
    {
        public int Rank => collective.Rank;

        public int Size => collective.Size;

        public void AllReduce<T>(Span<T> values)
            where T : unmanaged, INumberBase<T> => collective.AllReduce(values);

        public void ReduceScatter<T>(ReadOnlySpan<T> values, ReadOnlySpan<int> counts, Span<T> own)
            where T : unmanaged, INumberBase<T>
        {
            if (toSums)
                values.Slice(BufferPartition.Begins(counts)[Rank], own.Length).CopyTo(own);
            else
                collective.ReduceScatter(values, counts, own);
        }

        public void AllGather<T>(Span<T> values, ReadOnlySpan<int> counts)
            where T : unmanaged, INumberBase<T>
        {
            T[] before = values.ToArray();
            collective.AllGather(values, counts);
            if (toOthers && values.Length > Size) // not the agreements, which gather a number of each
                before.AsSpan().CopyTo(values);
        }

        public void Broadcast<T>(Span<T> values, int from = 0)
            where T : unmanaged, INumberBase<T> => collective.Broadcast(values, from);

        public void Await() => collective.Await();

        public Task Begin(Action work) => collective.Begin(work);

        public void Dispose()
        {
        }
    }

    private sealed class Stopper(int after, CancellationTokenSource cancellation) : IProgressTask
    {
        public void Advance(int done)
        {
            if (done == after)
                cancellation.Cancel();
        }

        public void End(string remark)
        {
        }
    }
}
