using SpecGD.Experiments;
using SpecGD.Experiments.Settings;
using SpecGD.Records;

namespace SpecGD.Tests.Experiments;

/// <summary>What a run has otherwise than by default is told, whatever the experiment and the option.</summary>
public class ChangedSettingsTests
{
    private const string Caption = "A figure of steps (activation relu, steps 17).";

    public static TheoryData<string> Experiments => [.. ExperimentCatalog.All.Select(experiment => experiment.Name)];

    [Theory]
    [MemberData(nameof(Experiments))]
    public void Every_option_of_every_experiment_is_told_in_the_caption_and_the_heading_where_it_is_changed(string name)
    {
        var experiment = ExperimentCatalog.Named(name);
        foreach (var setting in Setting.Of(experiment.OptionsType))
        {
            object options = Changed(experiment.OptionsType, setting);
            var log = new RunLog("r");
            ChangedSettings.Note(log, options);
            string value = setting.TextOf(options);

            string caption = ChangedSettings.Told(Caption, ChangedSettings.Read(log));
            string heading = RunName.Heading(experiment, options);

            caption.Replace(", ", ",", StringComparison.Ordinal).ShouldContain($"{setting.Name} {value}");
            bool isInId = experiment.RunId(options) != experiment.RunId(setting.AtDefault(options));
            (isInId || heading.EndsWith($", {setting.Name} {value}", StringComparison.Ordinal)).ShouldBeTrue($"{setting.Name}: {heading}");
        }
    }

    [Theory]
    [MemberData(nameof(Experiments))]
    public void Defaults_are_not_told(string name)
    {
        var log = new RunLog("r");
        ChangedSettings.Note(log, Activator.CreateInstance(ExperimentCatalog.Named(name).OptionsType)!);
        log.Config.Count.ShouldBe(0);
        ChangedSettings.Told(Caption, ChangedSettings.Read(log)).ShouldBe(Caption);
    }

    [Fact]
    public void What_the_caption_tells_itself_is_not_told_again()
    {
        ChangedSettings.Told(Caption, [("steps", "17")]).ShouldBe(Caption);
        ChangedSettings.Told(Caption, [("steps", "1")]).ShouldBe(Caption + " Not at its default: steps 1.");
        ChangedSettings.Told(Caption, [("gd-lr", "0.5"), ("dims", "1,2")]).ShouldBe(Caption + " Not at their defaults: gd-lr 0.5; dims 1, 2.");
    }

    /// <summary>Options in which this one alone is not at its default, by the first text of several that is a value of it.</summary>
    private static object Changed(Type type, Setting setting)
    {
        string[] names = setting.Range.Split("NAME is ") is [_, var listed] ? listed.Split(" or ") : setting.Placeholder.Split('|');
        foreach (string text in (string[])["17", "9", "256", "0.25", "3", "false", "true", "any=0.5", .. names, .. names.Select(name => name + "=0.5"), "other"])
        {
            try
            {
                object options = Setting.Resolve(type, new Dictionary<string, IReadOnlyList<string>> { [setting.Name] = [text] });
                if (setting.TextOf(options) != setting.TextOfDefault)
                    return options;
            }
            catch (BadInputException)
            {
                // no value of this setting
            }
        }
        throw new InvalidOperationException($"No text of this test changes {type.Name}.{setting.Name}.");
    }
}
