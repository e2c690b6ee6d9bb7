using System.Text.Json.Nodes;
using SpecGD.Data;
using SpecGD.Experiments;
using SpecGD.Models;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Numerics.Random;
using SpecGD.Optimizers;
using SpecGD.Records;
using SpecGD.Training;

namespace SpecGD.Tests.Experiments;

public sealed class RepeatabilityTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("specgd-repeatability-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [SkippableFact]
    public void The_same_settings_give_the_same_log_to_the_last_bit()
    {
        var options = new RandomFeatureOptions { Steps = 60, SpecgdRestartFrequency = 20 };
        Skip.If(ReferenceEquals(Backend.Current, Backend.Managed), "the managed code takes minutes");

        byte[] first = RunLogFile.Serialize(new RandomFeature().Run(options, RunContext.Silent).Log);
        byte[] second = RunLogFile.Serialize(new RandomFeature().Run(options, RunContext.Silent).Log);

        first.ShouldBe(second);
    }

    /// <summary>
    /// Norms of weights this large are measured from where the last measurement led, so the last bits depend on it: a trajectory that goes on must
    /// have that memory too, and the file it is kept in must hold every bit.
    /// </summary>
    [SkippableFact]
    public void A_trajectory_with_wide_layers_goes_on_to_the_last_bit()
    {
        const int between = 6, end = 14;
        Skip.If(ReferenceEquals(Backend.Current, Backend.Managed), "the managed code takes minutes");
        var whole = new MethodLog();
        Run(Wide(whole, end));
        var first = Wide(new MethodLog(), between);
        Run(first);
        string place = Path.Combine(_directory, "kept.safetensors");
        StateFile.Write(place, TrajectoryState.Capture(first, between));

        Serialized(Continued(StateFile.Read(place))).ShouldBe(Serialized(whole));
        var forgetful = StateFile.Read(place);
        forgetful["probes"]![0]!["norms"] = new JsonObject();
        Serialized(Continued(forgetful)).ShouldNotBe(Serialized(whole), "the memory of the norms is what makes the last bits");

        static MethodLog Continued(JsonNode kept)
        {
            var log = new MethodLog();
            Run(TrajectoryState.Restore(Wide(log, end), kept));
            return log;
        }
    }

    private static void Run(Trajectory trajectory) =>
        TrainingLoop.Run(trajectory, SilentProgress.Instance, CancellationToken.None).Status.ShouldBe(RunStatus.Finished);

    private static string Serialized(MethodLog log) => SeriesState.Capture(log).ToJsonString();

    private static Trajectory Wide(MethodLog log, int stop)
    {
        var activation = Activation.Named("relu_square");
        var random = new TorchRandom(42);
        var inputs = random.Normal(40, 5);
        var model = new MultilayerPerceptron(
            inputs, FourLayerNetwork.ProductOfFirstThree(inputs), FourLayerNetwork.Draw(random, 5, 150, activation), activation);
        var method = new SteepestDescent(Geometry.Euclidean, StepSize.Natural(0.01));
        return new Trajectory("wide", model, method, [new LayeredProbe(log, _ => Geometry.Euclidean)], 0, stop);
    }
}
