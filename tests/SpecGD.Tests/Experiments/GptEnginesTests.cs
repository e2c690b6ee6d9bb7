using System.Numerics;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Models.Gpt;

namespace SpecGD.Tests.Experiments;

/// <summary>Precision and device where none is named.</summary>
public sealed class GptEnginesTests : IDisposable
{
    private readonly ITorchEngines? _before = GptEngines.LibTorch;

    public void Dispose() => GptEngines.LibTorch = _before;

    [Theory]
    [InlineData(true, 256, "bf16")]
    [InlineData(true, 252, "f32")]
    [InlineData(false, 768, "f32")]
    public void Wide_models_take_bfloat16_where_its_products_are_fast(bool isFast, int width, string precision)
    {
        GptEngines.LibTorch = new Pretended(isFast);

        var resolved = new NanoGptOptions { Width = width, Heads = 1, Layers = 6 }.Resolved();

        (resolved.Precision, resolved.Device).ShouldBe((precision, "cuda"));
    }

    [Fact]
    public void What_is_named_stays()
    {
        GptEngines.LibTorch = new Pretended(isFast: true);

        var resolved = new NanoGptOptions { Preset = "nano", Precision = "f32", Device = "cpu" }.Resolved();

        (resolved.Precision, resolved.Device).ShouldBe(("f32", "cpu"));
    }

    [Fact]
    public void Without_libtorch_there_is_a_sentence_and_options_resolve_all_the_same()
    {
        GptEngines.LibTorch = null;

        var resolved = new NanoGptOptions { Preset = "nano" }.Resolved();

        (resolved.Precision, resolved.Device).ShouldBe(("f32", "cpu"));
        Should.Throw<BadInputException>(() => GptEngines.InDouble()).Message.ShouldBe("This program was made without libtorch, which computes language models.");
    }

    /// <summary>A machine with a GPU.</summary>
    private sealed class Pretended(bool isFast) : ITorchEngines
    {
        public string DefaultDevice => "cuda";

        public bool HasFastBFloat16(string device) => isFast;

        public IGptEngine<T> Of<T>(string precision, string device)
            where T : unmanaged, IBinaryFloatingPointIeee754<T> => throw new NotSupportedException();
    }
}
