using SpecGD.Experiments.NanoGpt;
using SpecGD.Experiments.Settings;
using SpecGD.Models.Gpt;

namespace SpecGD.Tests.Experiments;

public class NanoGptOptionsTests
{
    [Theory]
    [InlineData("tiny", 6, 64, 384)]
    [InlineData("nano", 12, 256, 384)]
    [InlineData("124M", 12, 768, 50304)]
    [InlineData("3B", 36, 2560, 50304)]
    public void Every_preset_is_a_model(string preset, int layers, int width, int vocabulary)
    {
        var shape = Resolve("preset", preset).Shape();

        (shape.Layers, shape.Width, shape.PaddedVocabulary).ShouldBe((layers, width, vocabulary));
        Resolve("preset", preset).Plan().Length.ShouldBePositive();
    }

    [Fact]
    public void What_is_given_differs_from_the_preset_and_nothing_else()
    {
        var options = new NanoGptOptions { Layers = 8, Mlp = "swiglu", Steps = 7, Length = 256, Optimizer = "muon-mlp-output" };

        options.Shape().ShouldBe(NanoGptPreset.Named("tiny").Shape with { Layers = 8, Mlp = GptMlp.SwiGlu });
        options.Plan().ShouldBe(NanoGptPreset.Named("tiny").Plan with { Steps = 7, Length = 256 });
        options.Routing().Name.ShouldBe("muon-mlp-output");
    }

    [Fact]
    public void What_no_model_has_is_refused()
    {
        Should.Throw<BadInputException>(() => new NanoGptOptions { Length = 200 }.Plan()).Message.ShouldBe("--length takes a multiple of 128; 200 is none.");
        Should.Throw<BadInputException>(() => new NanoGptOptions { Layers = 7 }.Shape()).Message.ShouldContain("even number of layers");
        Should.Throw<BadInputException>(() => Resolve("preset", "huge")).Message.ShouldContain("--preset takes one of tiny, nano, 124M, 3B; 'huge' is not.");
    }

    private static NanoGptOptions Resolve(string name, string value) =>
        (NanoGptOptions)Setting.Resolve(typeof(NanoGptOptions), new Dictionary<string, IReadOnlyList<string>> { [name] = [value] });
}
