using SpecGD.Experiments;
using SpecGD.Experiments.Settings;

namespace SpecGD.Tests.Experiments;

public class SettingTests
{
    [Theory]
    [InlineData("dim", "0", "--dim takes a whole number from 1 to 16384; '0' is not.")]
    [InlineData("dim", "-5", "--dim takes a whole number from 1 to 16384; '-5' is not.")]
    [InlineData("dim", "1e2", "--dim takes a whole number from 1 to 16384; '1e2' is not.")]
    [InlineData("dim", "99999999999999", "--dim takes a whole number from 1 to 16384; '99999999999999' is not.")]
    [InlineData("dim", "", "--dim takes a whole number from 1 to 16384; '' is not.")]
    [InlineData("seed", "-1", "--seed takes a whole number from 0 on; '-1' is not.")]
    [InlineData("seed", "18446744073709551616", "--seed takes a whole number up to 18446744073709551615; '18446744073709551616' is not.")]
    [InlineData("specgd-restart-iters", "10,2147483648", "--specgd-restart-iters takes a whole number up to 2147483647; '2147483648' is not.")]
    [InlineData("activation", "softmax", "--activation takes one of relu, relu_square, gelu, sigmoid, tanh, swiglu; 'softmax' is not.")]
    [InlineData("specgd-from-peak", "perhaps", "--specgd-from-peak takes true or false; 'perhaps' is not.")]
    [InlineData("specgd-restart-iters", "10,x", "--specgd-restart-iters takes a whole number; 'x' is not.")]
    [InlineData("specgd-restart-iters", ",", "--specgd-restart-iters takes at least one value; ',' is not.")]
    [InlineData("method-lr", "0.1", "--method-lr takes NAME=VALUE; '0.1' is not.")]
    [InlineData("method-lr", "adam=0.1", "--method-lr takes NAME=VALUE where NAME is one of gradient_descent, specgd; 'adam=0.1' is not.")]
    [InlineData("method-lr", "specgd=NaN", "--method-lr takes a number above 0; 'NaN' is not.")]
    [InlineData("method-lr", "specgd=1e999", "--method-lr takes a number above 0; '1e999' is not.")]
    [InlineData("method-lr", "specgd=0", "--method-lr takes a number above 0; '0' is not.")]
    [InlineData("nonsense", "1", "There is no option --nonsense.")]
    public void A_bad_value_is_refused_in_one_sentence_that_says_what_is_wanted(string name, string text, string sentence) =>
        Should.Throw<BadInputException>(() => Resolve((name, [text]))).Message.ShouldBe(sentence);

    [Fact]
    public void A_name_given_twice_is_refused() =>
        Should.Throw<BadInputException>(() => Resolve(("method-lr", ["specgd=1", "specgd=2"]))).Message.ShouldBe("--method-lr lists specgd twice; give every value once.");

    [Fact]
    public void A_value_given_twice_is_refused_by_every_option_that_takes_several()
    {
        var lists = ExperimentCatalog.All.Select(experiment => experiment.OptionsType).Append(typeof(SpecGD.Experiments.NanoGpt.NanoGptOptions))
            .SelectMany(Setting.Of, (type, setting) => (Type: type, Setting: setting)).Where(one => one.Setting.IsMany).ToArray();
        lists.Length.ShouldBeGreaterThan(10);
        foreach (var (type, setting) in lists)
        {
            string name = setting.Type == typeof(IReadOnlyList<string>) ? FirstChoice(setting) : "16";
            bool isPairs = setting.Type == typeof(IReadOnlyDictionary<string, double>);
            string[] once = isPairs ? [$"{FirstName(setting)}=0.5"] : [name], twice = isPairs ? [.. once, $"{FirstName(setting)}=0.25"] : [name, name];

            _ = Setting.Resolve(type, Given(setting, once)); // the value itself is right
            Should.Throw<BadInputException>(() => Setting.Resolve(type, Given(setting, twice)), $"{type.Name}: {setting.Name}").Message
                .ShouldEndWith(" twice; give every value once.");
            if (!isPairs)
                Should.Throw<BadInputException>(() => Setting.Resolve(type, Given(setting, [$"{name},{name}"])), $"{type.Name}: {setting.Name}, with a comma").Message
                    .ShouldBe($"--{setting.Name} lists {name} twice; give every value once.");
        }

        static Dictionary<string, IReadOnlyList<string>> Given(Setting setting, string[] texts) => new() { [setting.Name] = texts };
        static string FirstChoice(Setting setting) => setting.Placeholder is "NAME" or "TEXT" ? FirstName(setting) : setting.Placeholder.Split('|')[0];
        static string FirstName(Setting setting) => setting.Range.Split("NAME is ") is [_, var names] ? names.Split(" or ")[0] : "any";
    }

    [Fact]
    public void A_number_is_the_same_however_it_is_written() =>
        Should.Throw<BadInputException>(() => Setting.Resolve(typeof(StableRankSweepOptions), new Dictionary<string, IReadOnlyList<string>> { ["lambdas"] = ["0.1", "1e-1"] }))
            .Message.ShouldBe("--lambdas lists 0.1 twice; give every value once.");

    [Fact]
    public void Values_reach_their_properties()
    {
        var options = Resolve(("dim", ["64"]), ("seed", ["18446744073709551615"]), ("specgd-restart-iters", ["10,20", "30"]), ("specgd-from-peak", []),
            ("method-lr", ["specgd=0.5", "gradient_descent=1e-3"]), ("activation", ["gelu"]));

        options.Dim.ShouldBe(64);
        options.Seed.ShouldBe(ulong.MaxValue);
        options.SpecgdRestartIters.ShouldBe([10, 20, 30]);
        options.SpecgdFromPeak.ShouldBeTrue();
        options.MethodLr["specgd"].ShouldBe(0.5);
        options.MethodLr["gradient_descent"].ShouldBe(1e-3);
        options.Activation.ShouldBe("gelu");
        options.NumSamples.ShouldBe(400, "what is not given keeps its default");
    }

    [Fact]
    public void Every_setting_of_every_experiment_explains_itself()
    {
        foreach (var experiment in ExperimentCatalog.All)
        {
            var settings = Setting.Of(experiment.OptionsType);
            settings.Select(s => s.Name).ShouldBeUnique();
            foreach (var setting in settings)
            {
                setting.Name.ShouldMatch("^[a-z]+(-[a-z0-9]+)*$");
                setting.Description.ShouldNotBeNullOrWhiteSpace();
                setting.Range.ShouldStartWith("default ");
            }
        }
    }

    private static RandomFeatureOptions Resolve(params (string Name, string[] Texts)[] given) =>
        (RandomFeatureOptions)Setting.Resolve(typeof(RandomFeatureOptions), given.ToDictionary(g => g.Name, g => (IReadOnlyList<string>)g.Texts));
}
