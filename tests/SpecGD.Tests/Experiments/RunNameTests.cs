using SpecGD.Experiments;
using SpecGD.Experiments.Settings;

namespace SpecGD.Tests.Experiments;

public class RunNameTests
{
    private static readonly IExperiment Sparse = new SparseRegression();

    [Fact]
    public void A_run_with_no_settings_but_those_its_id_tells_is_named_by_it()
    {
        var options = new SparseRegressionOptions { Dim = 5, Steps = 7, Optimizer = ["muon"] };

        RunName.Of(Sparse, options).ShouldBe(Sparse.RunId(options));
    }

    [Fact]
    public void What_the_id_does_not_tell_stands_behind_it()
    {
        var options = new SparseRegressionOptions
        {
            Width = 16,
            SpectralLayers = ["W2"],
            MethodLr = new Dictionary<string, double> { ["specgd"] = 0.02, ["gradient_descent"] = 0.5 },
        };

        RunName.Of(Sparse, options).ShouldBe(Sparse.RunId(options) + "_width=16_spectral-layers=W2_method-lr=gradient_descent=0.5,specgd=0.02");
    }

    [Fact]
    public void A_name_too_long_for_a_folder_is_cut_and_still_its_own()
    {
        string Name(double last) => RunName.Of(
            new StableRankSweep(), new StableRankSweepOptions { Lambdas = [0, .. Enumerable.Range(1, 200).Select(i => i * 0.001), last], SpecgdFromIter = [.. Enumerable.Range(1, 99)] });

        Name(0.3).Length.ShouldBe(160);
        (Name(0.3) == Name(0.3)).ShouldBeTrue();
        (Name(0.3) == Name(0.31)).ShouldBeFalse();
    }

    [Fact]
    public void A_name_is_fit_for_a_folder() => RunName.Of(new StableRankSweep(), new StableRankSweepOptions { Lambdas = [1e-7, 0.1], SpecgdFromPeak = false })
        .ShouldAllBe(c => char.IsAsciiLetterOrDigit(c) || "._-+=,".Contains(c));

    /// <summary>Every setting of every experiment, put to something else, changes the name.</summary>
    [Fact]
    public void No_setting_is_without_a_trace_in_the_name()
    {
        foreach (var experiment in ExperimentCatalog.All)
        {
            object defaults = Activator.CreateInstance(experiment.OptionsType)!;
            string name = RunName.Of(experiment, defaults);
            foreach (var setting in Setting.Of(experiment.OptionsType))
                if (OtherText(setting) is { } other)
                    (RunName.Of(experiment, Setting.Resolve(experiment.OptionsType, new Dictionary<string, IReadOnlyList<string>> { [setting.Name] = [other] })) == name)
                        .ShouldBeFalse($"--{setting.Name} {other} of {experiment.Name}");
        }
    }

    /// <summary>A text that the setting takes and that is not its default; null where none is known.</summary>
    private static string? OtherText(Setting setting) => new[] { "false", "true", "3", "0.25", "5", "W2", "tanh", "muon" }.FirstOrDefault(text =>
    {
        try
        {
            object record = Setting.Resolve(setting.OptionsType, new Dictionary<string, IReadOnlyList<string>> { [setting.Name] = [text] });
            return setting.TextOf(record) != setting.TextOfDefault;
        }
        catch (BadInputException)
        {
            return false;
        }
    });
}
