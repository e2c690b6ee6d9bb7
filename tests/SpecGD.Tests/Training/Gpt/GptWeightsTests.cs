using SpecGD.Experiments.NanoGpt;
using SpecGD.Models.Gpt;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Records;
using SpecGD.Tests.Models.Gpt;
using SpecGD.Training.Gpt;

namespace SpecGD.Tests.Training.Gpt;

public sealed class GptWeightsTests : IDisposable
{
    private static readonly GptShape Shape = new() { Vocabulary = 257, Layers = 8, Width = 16, Heads = 2, EndOfText = 256 };

    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-weights-").FullName;

    private string Weights => Path.Combine(_folder, "weights.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_written_is_read_back_with_what_is_known_of_it()
    {
        var parameters = Parameters();
        var info = new GptWeightsInfo(Shape with { Mlp = GptMlp.ReluSquare }, Window: 3, Step: 41, Tokenizer: "bytes");
        GptWeights.Write(Weights, parameters, info);

        using var file = SafetensorsFile.Open(Weights);
        GptWeightsInfo.Of(file).ShouldBe(info);
        file.Metadata["format"].ShouldBe("pt");
        Same(Loaded(file, Shape), parameters);
    }

    [Fact]
    public void A_copy_has_the_same_numbers_and_plain_names()
    {
        var parameters = Parameters();
        Write(parameters, name => "_orig_mod." + name);
        string copy = Path.Combine(_folder, "copy.safetensors");

        using (var file = SafetensorsFile.Open(Weights))
            GptWeights.Copy(file, copy, GptWeightsInfo.Of(file));

        using var copied = SafetensorsFile.Open(copy);
        copied.Entries.Keys.ShouldBe(Shape.Layouts().Select(layout => layout.Name));
        copied.Entry("blocks.0.attn.qkvo_w").Shape.ShouldBe([4L, 16, 16]);
        Same(Loaded(copied, Shape), parameters);
    }

    [Theory]
    [InlineData("nanogpt_8x32")]
    [InlineData("nanogpt_12x32_init")]
    public void Recorded_parameters_of_another_program_are_loaded(string name)
    {
        using var file = GptGolden.Tensors(name);
        var shape = GptGolden.Shape(GptGolden.Record(name));

        var loaded = new GptParameters<double>(shape);
        GptWeights.Load(file, loaded);

        foreach (var tensor in loaded.All)
            tensor.Value.AsSpan().ToArray().ShouldBe(file.ReadMatrix<double>("param." + tensor.Name).AsSpan().ToArray(), tensor.Name);
    }

    [Fact]
    public void What_a_file_does_not_say_is_told_by_its_tensors()
    {
        Write(new GptParameters<float>(new GptShape { Vocabulary = 257, Layers = 6, Width = 256, Heads = 2, EndOfText = 256, Mlp = GptMlp.SwiGlu }), name => name);

        using var file = SafetensorsFile.Open(Weights);
        var info = GptWeightsInfo.Of(file);

        info.Shape.ShouldBe(new GptShape { Vocabulary = 257, Layers = 6, Width = 256, Heads = 2, EndOfText = 256, Mlp = GptMlp.SwiGlu });
        (info.Tokenizer, info.Window, info.Step).ShouldBe(("bytes", 14, 0));
        (info.WindowOf(null), info.WindowOf(128), info.WindowOf(129)).ShouldBe((14, 1, 2));
    }

    [Fact]
    public void Heads_that_no_file_tells_are_guessed_said_to_be_so_and_not_written_as_known()
    {
        Write(Parameters(), name => name);
        string copy = Path.Combine(_folder, "copy.safetensors");
        using (var file = SafetensorsFile.Open(Weights))
        {
            GptWeightsInfo.Of(file).HeadsAreGuessed.ShouldBeTrue();
            var told = GptWeightsInfo.Of(file, heads: 4);
            (told.Shape.Heads, told.HeadsAreGuessed).ShouldBe((4, false));
            GptWeights.Copy(file, copy, GptWeightsInfo.Of(file));
        }

        using var copied = SafetensorsFile.Open(copy);
        copied.Metadata.ContainsKey("heads").ShouldBeFalse();
    }

    [Fact]
    public void Heads_other_than_the_file_s_are_refused()
    {
        GptWeights.Write(Weights, Parameters(), new GptWeightsInfo(Shape, Window: 3, Step: 1, Tokenizer: "bytes"));
        var begins = new NanoGptBeginning(InitFrom: Weights);

        Should.Throw<BadInputException>(() => begins.Initialise(new GptParameters<float>(Shape with { Heads = 4 }), seed: 0)).Message
            .ShouldBe($"{Weights} is of a model with 2 heads, as its metadata say; 4 do not go with it.");
        begins.Initialise(new GptParameters<float>(Shape), seed: 0);
    }

    [Fact]
    public void Scalars_that_the_snapshot_padded_are_taken_without_the_padding()
    {
        var parameters = Parameters();
        float[] padded = [.. parameters.Scalars.Value.AsSpan(), 1, 1, 1];
        var scalars = new Matrix<float>(1, padded.Length);
        padded.CopyTo(scalars.AsSpan());
        Write(parameters, name => name, ("scalars", SafetensorsTensor.Of("scalars", scalars, padded.Length)));

        using var file = SafetensorsFile.Open(Weights);

        Same(Loaded(file, Shape), parameters);
    }

    [Fact]
    public void Each_misfit_has_a_sentence()
    {
        var parameters = Parameters();
        var narrow = new Matrix<float>(16, 63);
        var broken = parameters.Head.Value.Clone();
        broken[3, 3] = float.NaN;

        Refused(parameters, [("lm_head.weight", null)]).ShouldBe($"{Weights} lacks the tensor 'lm_head.weight', which a model of 8 blocks has.");
        Refused(parameters, [("blocks.2.mlp.c_fc", SafetensorsTensor.Of("blocks.2.mlp.c_fc", narrow))])
            .ShouldBe($"{Weights}: tensor 'blocks.2.mlp.c_fc' is [16, 63]; this model has [16, 64].");
        Refused(parameters, [("scalars", SafetensorsTensor.Of("scalars", new int[40], 40))])
            .ShouldBe($"{Weights}: tensor 'scalars' holds I32; F64, F32, F16 or BF16 was expected.");
        Refused(parameters, [("more", SafetensorsTensor.Of("blocks.8.mlp.c_fc", narrow))])
            .ShouldBe($"{Weights} has the tensor 'blocks.8.mlp.c_fc', which a model of 8 blocks has not.");
        Refused(parameters, [("lm_head.weight", SafetensorsTensor.Of("lm_head.weight", broken))])
            .ShouldBe($"{Weights}: tensor 'lm_head.weight' has an entry that is no finite number.");
        Refused(parameters, [("embed.weight", null)]).ShouldContain("has no tensor 'embed.weight': weights under the names of the modded-NanoGPT snapshot");
    }

    private string Refused(GptParameters<float> parameters, (string Name, SafetensorsTensor? Tensor)[] other)
    {
        Write(parameters, name => name, other);
        using var file = SafetensorsFile.Open(Weights);
        return Should.Throw<BadInputException>(() => Loaded(file, Shape)).Message;
    }

    /// <summary>A file as another program would write it: some tensors replaced, left out (null) or added.</summary>
    private void Write(GptParameters<float> parameters, Func<string, string> name, params (string Name, SafetensorsTensor? Tensor)[] other)
    {
        var tensors = parameters.All.Where(t => other.All(o => o.Name != t.Name))
            .Select(t => SafetensorsTensor.Of(name(t.Name), t.Value, [.. t.Shape.Select(size => (long)size)]));
        SafetensorsWriter.Write(Weights, [.. tensors, .. other.Select(o => o.Tensor).OfType<SafetensorsTensor>()]);
    }

    private static GptParameters<float> Parameters()
    {
        var parameters = new GptParameters<float>(Shape);
        parameters.Initialise(new TorchRandom(6));
        return parameters;
    }

    private static GptParameters<float> Loaded(SafetensorsFile file, GptShape shape)
    {
        var loaded = new GptParameters<float>(shape);
        GptWeights.Load(file, loaded);
        return loaded;
    }

    private static void Same(GptParameters<float> loaded, GptParameters<float> expected)
    {
        foreach (var (tensor, original) in loaded.All.Zip(expected.All))
            tensor.Value.AsSpan().SequenceEqual(original.Value.AsSpan()).ShouldBeTrue(tensor.Name);
    }
}
