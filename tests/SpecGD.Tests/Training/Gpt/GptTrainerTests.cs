using System.Text.Json.Nodes;
using SpecGD.Records;
using SpecGD.Training;
using SpecGD.Training.Gpt;

namespace SpecGD.Tests.Training.Gpt;

public sealed class GptTrainerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-gpt-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
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

    [Fact]
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

    [Fact]
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

    [Fact]
    public void A_loss_that_is_no_number_is_traced_to_the_first_state_that_is_none()
    {
        var trainer = GptTrainingCase.Trainer();
        trainer.Parameters["blocks.4.mlp.c_fc"].Value.Fill(1e30f); // squared after ReLU, this overflows
        trainer.Parameters["blocks.4.mlp.c_proj"].Value.Fill(1);

        var outcome = trainer.Run(SilentProgress.Instance, CancellationToken.None);

        outcome.Status.ShouldBe(RunStatus.Diverged);
        outcome.Detail!.ShouldEndWith("; block4.mlp.post is the first that is not finite.");
    }

    [Fact]
    public void A_gradient_alone_that_overflows_is_named_by_its_tensor()
    {
        var trainer = GptTrainingCase.Trainer();
        // values of this size pass a zero output projection without a trace in the loss; the gradients along them overflow
        trainer.Parameters["blocks.3.attn.qkvo_w"].Matrices[2].Value.Fill(1e37f);
        trainer.Parameters["lm_head.weight"].Value.Fill(0.1f);
        trainer.Parameters["lm_head.weight"].Value.RowSlice(0, 10).Fill(-100f);

        var outcome = trainer.Run(SilentProgress.Instance, CancellationToken.None);

        outcome.Status.ShouldBe(RunStatus.Diverged);
        outcome.Detail!.ShouldMatch("^The gradient of .+ at step [01] has an entry that is .+\\.$");
    }

    [Fact]
    public void An_interruption_keeps_a_checkpoint_and_says_so()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        var trainer = GptTrainingCase.Trainer(new GptCheckpoints(_folder));

        var outcome = trainer.Run(SilentProgress.Instance, source.Token);

        outcome.ShouldBe(new GptTrainingOutcome(RunStatus.Interrupted, 0, "Interrupted after 0 of 6 steps; a checkpoint was kept."));
        new GptCheckpoints(_folder).Folders.Count.ShouldBe(1);
    }

    [Fact]
    public void A_checkpoint_of_another_model_is_bad_input()
    {
        GptTrainingCase.StopAfter(2, _folder);
        string state = Path.Combine(_folder, "step-000002", GptCheckpoints.ModelName);
        File.Exists(state).ShouldBeTrue();
        var other = new GptTrainer<float>(
            GptTrainingCase.Plan,
            new(GptTrainingCase.Shape with { Width = 32 }),
            SpecGD.Optimizers.Parameters.GptRouting.Adam(new()),
            new MemoryTokens(GptTrainingCase.Text(), 128, 1),
            [],
            new GptCheckpoints(_folder));

        Should.Throw<BadInputException>(() => other.Resume()).Message.ShouldContain("tensor 'embed.weight' is [128, 16]; this model has [128, 32].");
    }

    [Fact]
    public void The_plan_is_the_snapshots()
    {
        var plan = new GptTrainingPlan();

        new[] { 0, 1, 129, 130, 875, 1749, 1750 }.Select(plan.WindowBlocks).ShouldBe([1, 1, 1, 2, 7, 14, 14]); // ⌈1728·step/1750/128⌉
        Enumerable.Range(0, 401).Where(plan.TracksAt).ShouldBe([2, 100, 200, 300, 400]);
        Enumerable.Range(0, 1751).Where(plan.ValidatesAt).Count().ShouldBe(15, "0, 125, …, 1750");
        (plan with { ValidateEvery = 0 }).ValidatesAt(1750).ShouldBeTrue();
    }

    [Fact]
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

    private static IEnumerable<string> Read(MemoryTokens source) => source.Next().Select(s => string.Join(',', s.ToArray()));
}
