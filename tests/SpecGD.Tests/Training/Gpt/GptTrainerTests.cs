using System.Text.Json.Nodes;
using SpecGD.Data.Language.Tokens;
using SpecGD.Records;
using SpecGD.Training;
using SpecGD.Training.Gpt;

namespace SpecGD.Tests.Training.Gpt;

public sealed class GptTrainerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-gpt-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableFact]
    public void It_learns_and_records_what_was_due()
    {
        var trainer = GptTrainingCase.Trainer(plan: GptTrainingCase.Plan with { Steps = 24, TrackEvery = 0, ValidateEvery = 12 });

        trainer.Run(SilentProgress.Instance, CancellationToken.None).ShouldBe(new GptTrainingOutcome(RunStatus.Finished, 24));

        var loss = trainer.Log.Find("train_loss")!;
        loss.Values[0].ShouldBe(Math.Log(128), 1e-5); // a zero head guesses uniformly
        (loss.Values[^1] < 0.7 * loss.Values[0]).ShouldBeTrue($"from {loss.Values[0]} to {loss.Values[^1]}");
        var validation = trainer.Log.Find("val_loss")!;
        validation.Steps.ShouldBe([0, 12, 24]);
        (validation.Values[^1] < 0.7 * validation.Values[0]).ShouldBeTrue();
        trainer.Tracker.Sections.ShouldBeEmpty();
    }

    [SkippableFact]
    public void A_damaged_checkpoint_is_passed_over_for_the_one_before_with_a_word()
    {
        GptTrainingCase.StopAfter(5, _folder);
        var checkpoints = new GptCheckpoints(_folder);
        checkpoints.Folders.Select(Path.GetFileName).ShouldBe(["step-000005", "step-000004"], "the last two are kept");
        string weights = Path.Combine(_folder, "step-000005", GptCheckpoints.ModelName);
        byte[] bytes = File.ReadAllBytes(weights);
        bytes[^1] ^= 1;
        File.WriteAllBytes(weights, bytes);

        var resumed = GptTrainingCase.Trainer(checkpoints);
        var said = resumed.Resume();

        said.Count.ShouldBe(2);
        said[0].ShouldEndWith("step-000005 is passed over: model.safetensors is not what was written.");
        said[1].ShouldEndWith("step-000004, after step 4.");
        File.Delete(Path.Combine(_folder, "step-000004", GptCheckpoints.ManifestName));
        var fresh = GptTrainingCase.Trainer(checkpoints);
        fresh.Resume()[1].ShouldEndWith("step-000004 is passed over: it was not finished.");
        fresh.Optimizer.Steps.ShouldBe(0);
        checkpoints.Clear();
        checkpoints.Folders.ShouldBeEmpty();
    }

    [SkippableFact]
    public void A_gradient_that_is_no_number_stops_the_run_before_the_update_and_names_its_place()
    {
        var trainer = GptTrainingCase.Trainer(new GptCheckpoints(_folder));
        trainer.Parameters["lm_head.weight"].Value[5, 3] = float.NaN;
        var before = GptTrainingCase.Weights(trainer);

        var outcome = trainer.Run(SilentProgress.Instance, CancellationToken.None);

        outcome.Status.ShouldBe(RunStatus.Diverged);
        outcome.Detail.ShouldBe("The loss at step 0 is NaN; the weight lm_head.weight is not finite.");
        GptTrainingCase.Weights(trainer).ShouldBe(before);
        trainer.Log.Find("train_loss").ShouldBeNull();
        new GptCheckpoints(_folder).Folders.ShouldBeEmpty("a diverged state is no checkpoint");
    }

    [SkippableFact]
    public void A_loss_that_is_no_number_is_traced_to_the_first_state_that_is_none()
    {
        var trainer = GptTrainingCase.Trainer();
        trainer.Parameters["blocks.4.mlp.c_fc"].Value.Fill(1e30f); // squared after ReLU, this overflows
        trainer.Parameters["blocks.4.mlp.c_proj"].Value.Fill(1);

        var outcome = trainer.Run(SilentProgress.Instance, CancellationToken.None);

        outcome.Status.ShouldBe(RunStatus.Diverged);
        outcome.Detail!.ShouldEndWith("; block4.mlp.post is the first that is not finite.");
    }

    /// <summary>Squares of these are out of float32's range: the measure is left out, the run goes on.</summary>
    [SkippableFact]
    public void Activations_too_large_for_their_Gram_matrix_are_not_measured()
    {
        var trainer = GptTrainingCase.Trainer();
        trainer.Parameters["blocks.4.mlp.c_fc"].Value.Fill(1e10f); // 1e20 behind the nonlinearity, and a zero matrix after it

        trainer.Run(SilentProgress.Instance, CancellationToken.None);

        trainer.Tracker["activation"].Keys.ShouldContain("block3.mlp.post");
        trainer.Tracker["activation"].Keys.ShouldNotContain("block4.mlp.post");
    }

    [SkippableFact]
    public void A_gradient_alone_that_overflows_is_named_by_its_tensor()
    {
        var trainer = GptTrainingCase.Trainer();
        // squared after ReLU these are just finite, and a zero output projection leaves no trace of them in the loss; their sum over tokens overflows
        trainer.Parameters["blocks.4.mlp.c_fc"].Value.Fill(1.1e18f);
        trainer.Parameters["lm_head.weight"].Value.Fill(3);
        trainer.Parameters["lm_head.weight"].Value.RowSlice(0, 10).Fill(-3);

        var outcome = trainer.Run(SilentProgress.Instance, CancellationToken.None);

        outcome.Status.ShouldBe(RunStatus.Diverged);
        outcome.Detail!.ShouldMatch("^The gradient of .+ at step [01] has an entry that is .+\\.$");
    }

    [SkippableFact]
    public void An_interruption_keeps_a_checkpoint_and_says_so()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        var trainer = GptTrainingCase.Trainer(new GptCheckpoints(_folder));

        var outcome = trainer.Run(SilentProgress.Instance, source.Token);

        outcome.ShouldBe(new GptTrainingOutcome(RunStatus.Interrupted, 0, "Interrupted after 0 of 6 steps; a checkpoint was saved."));
        new GptCheckpoints(_folder).Folders.Count.ShouldBe(1);
    }

    [SkippableFact]
    public void A_checkpoint_of_another_model_is_bad_input()
    {
        GptTrainingCase.StopAfter(2, _folder);
        string state = Path.Combine(_folder, "step-000002", GptCheckpoints.ModelName);
        File.Exists(state).ShouldBeTrue();
        var other = new GptTrainer<float>(
            GptTrainingCase.Plan,
            new(GptTrainingCase.Shape with { Width = 32 }),
            LanguageEngine.Of<float>(),
            SpecGD.Optimizers.Parameters.GptRouting.Adam(new()),
            new MemoryTokens(GptTrainingCase.Text(), 128, 1),
            [],
            new GptCheckpoints(_folder));

        Should.Throw<BadInputException>(() => other.Resume()).Message.ShouldContain("tensor 'embed.weight' is [128, 16]; this model has [128, 32].");
    }

    [SkippableFact]
    public void The_plan_is_the_snapshots()
    {
        var plan = new GptTrainingPlan();

        new[] { 0, 1, 129, 130, 875, 1749, 1750 }.Select(plan.WindowBlocks).ShouldBe([1, 1, 1, 2, 7, 14, 14]); // ⌈1728·step/1750/128⌉
        Enumerable.Range(0, 401).Where(plan.TracksAt).ShouldBe([2, 100, 200, 300, 400]);
        Enumerable.Range(0, 1751).Where(plan.ValidatesAt).Count().ShouldBe(15, "0, 125, …, 1750");
        (plan with { ValidateEvery = 0 }).ValidatesAt(1750).ShouldBeTrue();
    }

    [SkippableFact]
    public void Tokens_in_memory_start_again_and_go_on_from_a_kept_place()
    {
        var source = new MemoryTokens(new ushort[] { 0, 1, 2, 3, 4, 5, 6 }, length: 2, perStep: 2);
        Read(source).ShouldBe(["0,1,2", "2,3,4"]);
        var state = source.CaptureState();
        Read(source).ShouldBe(["4,5,6", "0,1,2"]);
        source.RestoreState(state);
        Read(source).ShouldBe(["4,5,6", "0,1,2"]);
        Should.Throw<BadInputException>(() => source.RestoreState(new JsonObject { ["position"] = 8 })).Message.ShouldContain("it is of other data");
        Should.Throw<BadInputException>(() => new MemoryTokens(new ushort[2], 2, 1)).Message.ShouldContain("do not fit into 2 tokens");
    }

    [SkippableFact]
    public void Tokens_in_memory_that_are_not_to_be_repeated_end()
    {
        var source = new MemoryTokens(new ushort[] { 0, 1, 2, 3, 4, 5, 6 }, length: 2, perStep: 2, repeats: false);
        source.OnePass.ShouldBe(new PassLength(1, IsWhole: true));
        Read(source).ShouldBe(["0,1,2", "2,3,4"]);
        string kept = source.CaptureState().ToJsonString();
        Should.Throw<BadInputException>(() => source.Next()).Message.ShouldStartWith("The training data ran out: all 7 tokens have been read.");
        source.CaptureState().ToJsonString().ShouldBe(kept, "nothing was read");
    }

    /// <summary>What was done before the data ended is kept as after an interruption; more data, and the run ends as one that always had them.</summary>
    [SkippableFact]
    public void Data_that_end_in_the_middle_leave_a_checkpoint_to_go_on_from()
    {
        var whole = GptTrainingCase.Trainer();
        whole.Run(SilentProgress.Instance, CancellationToken.None);
        var first = GptTrainingCase.Trainer(new GptCheckpoints(_folder), source: new EndsAfter(3));

        var outcome = first.Run(SilentProgress.Instance, CancellationToken.None);

        outcome.ShouldBe(
            new GptTrainingOutcome(RunStatus.Interrupted, 3, "The shard is gone. 3 of 6 steps are done, and a checkpoint was saved.") { LacksData = true });
        new GptCheckpoints(_folder).Folders.Select(Path.GetFileName).First().ShouldBe("step-000003");
        first.Log.Find("val_loss")!.Steps.ShouldBe([0, 3], "the validation of step 3 came before its data were read");
        var second = GptTrainingCase.Trainer(new GptCheckpoints(_folder));
        second.Resume();
        second.Run(SilentProgress.Instance, CancellationToken.None).Status.ShouldBe(RunStatus.Finished);
        GptTrainingCase.Weights(second).ShouldBe(GptTrainingCase.Weights(whole));
        second.Log.Find("val_loss")!.Steps.ShouldBe(whole.Log.Find("val_loss")!.Steps);
        second.Log.Find("val_loss")!.Values.ShouldBe(whole.Log.Find("val_loss")!.Values);
    }

    [SkippableFact]
    public void Data_that_cannot_be_read_at_all_leave_nothing()
    {
        var trainer = GptTrainingCase.Trainer(new GptCheckpoints(_folder), source: new EndsAfter(0));

        Should.Throw<BadInputException>(() => trainer.Run(SilentProgress.Instance, CancellationToken.None)).Message.ShouldBe("The shard is gone.");

        new GptCheckpoints(_folder).Folders.ShouldBeEmpty();
    }

    [SkippableFact]
    public void A_validation_that_is_interrupted_is_not_recorded_and_is_done_when_the_run_goes_on()
    {
        using var cancellation = new CancellationTokenSource();
        var trainer = GptTrainingCase.Trainer(new GptCheckpoints(_folder));

        var outcome = trainer.Run(new StopsInValidation(cancellation), cancellation.Token);

        outcome.Status.ShouldBe(RunStatus.Interrupted);
        outcome.Step.ShouldBe(3);
        trainer.Log.Find("val_loss")!.Steps.ShouldBe([0]);
        var again = GptTrainingCase.Trainer(new GptCheckpoints(_folder));
        again.Resume();
        again.Run(SilentProgress.Instance, CancellationToken.None);
        again.Log.Find("val_loss")!.Steps.ShouldBe([0, 3, 6]);
    }

    /// <summary>The usual tokens for some steps; then they are gone.</summary>
    private sealed class EndsAfter(int steps) : ITokenSource
    {
        private readonly MemoryTokens _tokens = new(GptTrainingCase.Text(), 128, 2);
        private int _read;

        public IReadOnlyList<ReadOnlyMemory<ushort>> Next() =>
            _read++ < steps ? _tokens.Next() : throw new BadInputException("The shard is gone.");

        public JsonNode CaptureState() => _tokens.CaptureState();

        public void RestoreState(JsonNode state) => _tokens.RestoreState(state);
    }

    /// <summary>Asks to stop after the first sequence of the second validation.</summary>
    private sealed class StopsInValidation(CancellationTokenSource cancellation) : IProgressTask
    {
        private int _done;

        public void Tell(string status)
        {
            if (_done == 3 && status.StartsWith("validation: 1 of 2", StringComparison.Ordinal))
                cancellation.Cancel();
        }

        public void Advance(int done) => _done = done;

        public void End(string remark)
        {
        }
    }

    private static IEnumerable<string> Read(MemoryTokens source) => source.Next().Select(s => string.Join(',', s.ToArray()));
}
