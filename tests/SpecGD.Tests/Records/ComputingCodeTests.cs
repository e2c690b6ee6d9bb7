using SpecGD.Experiments;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Records;

namespace SpecGD.Tests.Records;

public sealed class ComputingCodeTests : IDisposable
{
    private const string Name = "computed-elsewhere";

    public void Dispose() => ComputingCode.Note(Name, null);

    [Fact]
    public void Every_experiment_rests_on_the_library_and_its_numerics() => ComputingCode.Of("random-feature").ShouldBe($"{IdOf<RunIdentity>()}-{IdOf(typeof(Linear))}");

    [Fact]
    public void One_that_another_assembly_computes_rests_on_that_too_and_its_finished_runs_are_of_another_version_when_it_changes()
    {
        var identity = new RunIdentity(Name, []);
        string before = identity.Code;

        ComputingCode.Note(Name, typeof(ComputingCodeTests).Assembly);

        identity.Code.ShouldStartWith(before + "-");
        identity.Code.ShouldContain(IdOf<ComputingCodeTests>());
        var manifest = new Manifest(Name, [], RunStatus.Finished, null, DateTimeOffset.UnixEpoch, TimeSpan.Zero);
        identity.IsOf(manifest).ShouldBeTrue();
        identity.IsOf(manifest with { Code = before }).ShouldBeFalse();
    }

    [Fact]
    public void Experiments_with_a_language_model_rest_on_what_computes_it()
    {
        string engines = GptEngines.LibTorch!.GetType().Module.ModuleVersionId.ToString("N");
        foreach (string name in new[] { NanoGptRun.Name, NanoGptAblation.ExperimentName, OneStep.ExperimentName })
            ComputingCode.Of(name).ShouldContain(engines, customMessage: name);
    }

    private static string IdOf<T>() => IdOf(typeof(T));

    private static string IdOf(Type type) => type.Module.ModuleVersionId.ToString("N");
}
