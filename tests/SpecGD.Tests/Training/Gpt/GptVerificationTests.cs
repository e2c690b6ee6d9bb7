using System.Buffers.Binary;
using System.Text.Json.Nodes;
using SpecGD.Records;
using SpecGD.Tests.Models.Gpt;
using SpecGD.Training.Gpt;

namespace SpecGD.Tests.Training.Gpt;

public sealed class GptVerificationTests : IDisposable
{
    private const string Name = "nanogpt_8x32";

    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-verify-").FullName;

    private string Base => Path.Combine(_folder, "case");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [SkippableTheory]
    [InlineData("nanogpt_8x32", 29, 65, 49, 29)]
    [InlineData("nanogpt_12x32_init", 41, 97, 73, 40)]
    public void The_golden_cases_hold_in_every_quantity(string name, int gradients, int stableRanks, int nuclearRanks, int weights)
    {
        var deviations = GptVerification.Run(GptGolden.PathOf(name), LanguageEngine.Of<double>());

        deviations.ShouldAllBe(d => d.Holds, string.Join("; ", deviations));
        deviations.Select(d => d.Compared).ShouldBe([1, 1, gradients, stableRanks, nuclearRanks, 1, 4, weights]);
    }

    [SkippableFact]
    public void One_changed_weight_is_found()
    {
        CopyGolden();
        Change("param.blocks.3.mlp.c_fc", x => x + 1e-4);

        var deviations = GptVerification.Run(Base + ".json", LanguageEngine.Of<double>());

        deviations.Single(d => d.Quantity == "loss").Holds.ShouldBeFalse();
        deviations.Single(d => d.Quantity == "gradients").Holds.ShouldBeFalse();
        deviations.Single(d => d.Quantity == "weights after training").Holds.ShouldBeFalse();
        deviations.Single(d => d.Quantity == "stable rank of the token indicator").Holds.ShouldBeTrue("tokens are as they were");
    }

    [SkippableFact]
    public void A_changed_record_is_found_where_it_is_and_nowhere_else()
    {
        CopyGolden();
        Change("grad.blocks.2.attn.qkvo_w", x => x + 1e-2);
        Change("after.lm_head.weight", x => x + 1e-2);

        GptVerification.Run(Base, LanguageEngine.Of<double>()).Where(d => !d.Holds).Select(d => (d.Quantity, d.Where)).ShouldBe(
            [("gradients", "blocks.2.attn.qkvo_w"), ("weights after training", "lm_head.weight")]);
    }

    [SkippableFact]
    public void A_value_that_is_no_number_and_a_measure_that_one_side_lacks_do_not_pass()
    {
        CopyGolden(record =>
        {
            ((JsonObject)record["nuclear_rank"]!).Remove("embed.weight");
            record["stable_rank"]!["embedding"] = null;
        });
        Change("grad.scalars", _ => double.NaN);

        GptVerification.Run(Base, LanguageEngine.Of<double>()).Where(d => !d.Holds).Select(d => (d.Quantity, d.Where, d.Deviation)).ShouldBe(
            [
                ("gradients", "scalars", double.NaN),
                ("stable ranks", "embedding", double.PositiveInfinity),
                ("nuclear ranks", "embed.weight", double.PositiveInfinity),
            ]);
    }

    public static TheoryData<string, string> BadRecords => new()
    {
        { """{"config": 5}""", "is no recorded NanoGPT case: it has no object 'config'." },
        { """{"config": {"vocab": 300.5}}""", "'config.vocab' must be a whole number from 1 on." },
        { """{"config": {"vocab": 300, "layers": 8, "heads": 2, "dim": 32, "eot": 256, "seq": 256, "window": 2, "steps": 4}}""", "'tokens' is [5, 385]; 5 sequences of 257 tokens were expected from" },
        { """{"config": {"vocab": 300, "layers": 7, "heads": 2, "dim": 32, "eot": 256, "seq": 384, "window": 2, "steps": 4}}""", "A GPT needs an even number of layers, 6 or more; 7 is not." },
        { """{"config": {"vocab": 300, "layers": 8, "heads": 2, "dim": 64, "eot": 256, "seq": 384, "window": 2, "steps": 4}}""", "tensor 'param.embed.weight' is [384, 32]; [384, 64] was expected." },
        { """{"config": {"vocab": 300, "layers": 10, "heads": 2, "dim": 32, "eot": 256, "seq": 384, "window": 2, "steps": 4}}""", "has no tensor 'param.blocks.8.attn.qkvo_w'." },
        { """{"config": {"vocab": 300, "layers": 8, "heads": 2, "dim": 32, "eot": 256, "seq": 384, "window": 2, "steps": 4}}""", "'loss_sum' must be a number." },
    };

    [SkippableTheory]
    [MemberData(nameof(BadRecords))]
    public void A_record_that_lacks_something_is_bad_input(string record, string sentence)
    {
        CopyGolden();
        File.WriteAllText(Base + ".json", record);

        Should.Throw<BadInputException>(() => GptVerification.Run(Base, LanguageEngine.Of<double>())).Message.ShouldContain(sentence);
    }

    private void CopyGolden(Action<JsonObject>? change = null)
    {
        var record = GptGolden.Record(Name);
        change?.Invoke(record);
        File.WriteAllText(Base + ".json", record.ToJsonString());
        File.Copy(GptGolden.PathOf(Name + ".safetensors"), Base + ".safetensors");
        File.SetAttributes(Base + ".safetensors", FileAttributes.Normal);
    }

    /// <summary>Changes the first number of a tensor in the copied file.</summary>
    private void Change(string tensor, Func<double, double> change)
    {
        byte[] bytes = File.ReadAllBytes(Base + ".safetensors");
        using (var file = SafetensorsFile.Open(Base + ".safetensors"))
        {
            var place = bytes.AsSpan((int)(8 + BinaryPrimitives.ReadInt64LittleEndian(bytes) + file.Entry(tensor).Begin));
            BinaryPrimitives.WriteDoubleLittleEndian(place, change(BinaryPrimitives.ReadDoubleLittleEndian(place)));
        }
        File.WriteAllBytes(Base + ".safetensors", bytes);
    }
}
