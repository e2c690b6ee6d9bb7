using SpecGD.Records;
using SpecGD.Tests.Records;
using SpecGD.Training;
using SpecGD.Training.Gpt;

namespace SpecGD.Tests.Training.Gpt;

/// <summary>The events of a run that goes on are those of the run that never stopped.</summary>
public sealed class TrainingEventsTests : IDisposable
{
    private const int TokensPerStep = 256;

    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-events-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Events => Path.Combine(_folder, "events");

    [Fact]
    public void Every_record_of_a_run_is_an_event()
    {
        Directory.CreateDirectory(Events);
        var trainer = GptTrainingCase.Trainer();
        Run(trainer, CancellationToken.None);

        var shown = Shown();

        ShouldBeTheRecordsOf(trainer, shown);
        shown["tokens_per_second"].Keys.ShouldBe(Enumerable.Range(0, GptTrainingCase.Steps).Select(step => (long)step));
        shown["tokens_per_second"].Values.ShouldAllBe(rate => rate > 0);
        foreach (var line in trainer.Optimizer.Table)
        {
            string tag = line.Optimizer == "muon" ? "learning_rate/muon" : $"learning_rate/adam.{line.Name.Split('.')[0].Replace("value_embeds", "embed", StringComparison.Ordinal)}";
            shown[tag][5].ShouldBe((float)(line.LearningRate * trainer.Log.Find("learning_rate_factor")!.Values[5]), line.Name);
        }
        EventFile.In(Events).Count.ShouldBe(1);
    }

    /// <summary>Killed after step 5 with its last checkpoint after step 4: the events of step 4 on are written again, and shown once.</summary>
    [Fact]
    public void A_killed_run_that_goes_on_shows_every_step_once()
    {
        Directory.CreateDirectory(Events);
        var checkpoints = Path.Combine(_folder, "checkpoints");
        var killed = GptTrainingCase.Trainer(new GptCheckpoints(checkpoints));
        Should.Throw<OperationCanceledException>(() => Run(killed, CancellationToken.None, new KilledAfter(5)));

        var resumed = GptTrainingCase.Trainer(new GptCheckpoints(checkpoints));
        resumed.Resume().ShouldHaveSingleItem().ShouldContain("after step 4");
        Run(resumed, CancellationToken.None);

        EventFile.In(Events).Count.ShouldBe(2);
        ShouldBeTheRecordsOf(resumed, Shown());
        var withoutTheStart = EventFile.In(Events).SelectMany(path => EventReader.Read(File.ReadAllBytes(path))).Select(e => e with { StartsSession = false });
        Should.Throw<ArgumentException>(() => EventReader.Shown(withoutTheStart), "step 4 is in both files");
    }

    [Fact]
    public void A_run_that_is_done_writes_nothing_and_one_that_begins_anew_deletes_what_was_there()
    {
        Directory.CreateDirectory(Events);
        var checkpoints = Path.Combine(_folder, "checkpoints");
        Run(GptTrainingCase.Trainer(new GptCheckpoints(checkpoints)), CancellationToken.None);
        string first = EventFile.In(Events).ShouldHaveSingleItem();

        var done = GptTrainingCase.Trainer(new GptCheckpoints(checkpoints));
        done.Resume();
        Run(done, CancellationToken.None);
        EventFile.In(Events).ShouldBe([first]);

        Run(GptTrainingCase.Trainer(), CancellationToken.None);

        EventFile.In(Events).Count.ShouldBe(1);
        Shown()["loss/train"].Count.ShouldBe(GptTrainingCase.Steps);
    }

    private void Run(GptTrainer<float> trainer, CancellationToken cancellation, IProgressTask? inner = null)
    {
        var source = new TrainingEvents.Source(trainer.Log, trainer.Tracker, trainer.Optimizer.Table, TokensPerStep, trainer.Optimizer.Steps);
        using var events = new TrainingEvents(inner ?? SilentProgress.Instance, source, Events, TimeProvider.System);
        trainer.Run(events, cancellation);
    }

    private SortedDictionary<string, SortedDictionary<long, float>> Shown() =>
        EventReader.Shown(EventFile.In(Events).SelectMany(path => EventReader.Read(File.ReadAllBytes(path))));

    private static void ShouldBeTheRecordsOf(GptTrainer<float> trainer, SortedDictionary<string, SortedDictionary<long, float>> shown)
    {
        Same(shown["loss/train"], trainer.Log.Find("train_loss")!);
        Same(shown["loss/validation"], trainer.Log.Find("val_loss")!);
        Same(shown["attention_window"], trainer.Log.Find("window")!);
        Same(shown["learning_rate/factor"], trainer.Log.Find("learning_rate_factor")!);
        Same(shown["token_frequency"], trainer.Tracker["token_frequency"][""]);
        Same(shown["rms/lm_head.pre"], trainer.Tracker["rms"]["lm_head.pre"]);
        Same(shown["gradient.mlp/0.mlp.c_fc"], trainer.Tracker["gradient.mlp"]["0.mlp.c_fc"]);
        shown.Keys.Count(tag => tag.StartsWith("nr_over_st/", StringComparison.Ordinal)).ShouldBe(trainer.Tracker["nr_over_st"].Count);

        static void Same(SortedDictionary<long, float> events, Series series)
        {
            events.Keys.ShouldBe(series.Steps.Select(step => (long)step));
            events.Values.ShouldBe(series.Values.Select(value => (float)value));
        }
    }

    /// <summary>A display that ends the run as a kill would: nothing is kept.</summary>
    private sealed class KilledAfter(int steps) : IProgressTask
    {
        public void Advance(int done)
        {
            if (done == steps)
                throw new OperationCanceledException();
        }

        public void End(string remark)
        {
        }
    }
}
