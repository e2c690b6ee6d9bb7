using System.Text;
using System.Text.Json.Nodes;
using SpecGD.Numerics;
using SpecGD.Records;

namespace SpecGD.Tests.Records;

/// <summary>States go to files and come back to the last bit.</summary>
public sealed class StateFileTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("specgd-state-").FullName;

    private string Place => Path.Combine(_directory, "state.safetensors");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Every_bit_of_every_matrix_and_all_else_comes_back()
    {
        var odd = new Matrix<double>(2, 3);
        double[] values = [double.NaN, -0.0, double.NegativeInfinity, double.Epsilon, double.MaxValue, BitConverter.UInt64BitsToDouble(0xFFF8_0000_0000_0123)];
        for (int i = 0; i < values.Length; i++)
            odd[i / 3, i % 3] = values[i];
        var state = new JsonObject
        {
            ["next"] = 7,
            ["nothing"] = null,
            ["text"] = "\"ß\\\n",
            ["weights"] = new JsonObject { ["h.0 'a'"] = MatrixState.Capture(odd), ["W2"] = MatrixState.Capture(new Matrix<double>(0, 4)) },
            ["probes"] = new JsonArray(null, MatrixState.Capture(odd), new JsonObject { ["deep"] = new JsonArray(1, MatrixState.Capture(odd)) }),
        };
        StateFile.Write(Place, state);
        odd[0, 0] = 1;

        var read = StateFile.Read(Place);
        ((int)read["next"]!).ShouldBe(7);
        read["nothing"].ShouldBeNull();
        ((string)read["text"]!).ShouldBe("\"ß\\\n");
        MatrixState.Restore(read["weights"]!["W2"]).ToString().ShouldBe("0×4");
        ((int)read["probes"]![2]!["deep"]![0]!).ShouldBe(1);
        foreach (var leaf in new[] { read["weights"]!["h.0 'a'"], read["probes"]![1], read["probes"]![2]!["deep"]![1] })
        {
            var matrix = MatrixState.Restore(leaf);
            for (int i = 0; i < values.Length; i++)
                BitConverter.DoubleToUInt64Bits(matrix[i / 3, i % 3]).ShouldBe(BitConverter.DoubleToUInt64Bits(values[i]));
        }
    }

    [Fact]
    public void The_file_is_one_that_other_programs_read()
    {
        var matrix = new Matrix<double>(3, 2);
        matrix[2, 1] = 5;
        StateFile.Write(Place, new JsonObject { ["next"] = 1, ["weights"] = new JsonObject { ["W1"] = MatrixState.Capture(matrix) } });

        using var file = SafetensorsFile.Open(Place);
        file.Entries.Keys.ShouldBe(["$.weights.W1", "state"]);
        file.ReadMatrix<double>("$.weights.W1")[2, 1].ShouldBe(5);
        Encoding.UTF8.GetString(file.ReadBytes(file.Entry("state"))).ShouldBe("""{"next":1,"weights":{"W1":{"$tensor":"$.weights.W1"}}}""");
    }

    /// <summary>Beyond the largest header of the format: the record of a million steps.</summary>
    [Fact]
    public void A_state_may_be_larger_than_a_header()
    {
        string text = new('x', 100_000_001);
        StateFile.Write(Place, new JsonObject { ["long"] = text });
        ((string)StateFile.Read(Place)["long"]! == text).ShouldBeTrue();
        Should.Throw<ArgumentException>(() => SafetensorsWriter.Write(Place, [], new Dictionary<string, string> { ["long"] = text })).Message.ShouldContain("header");
    }

    [Fact]
    public void A_file_without_a_state_or_without_a_tensor_it_names_is_refused()
    {
        SafetensorsWriter.Write(Place, []);
        Should.Throw<BadInputException>(() => StateFile.Read(Place)).Message.ShouldContain("holds no state");
        SafetensorsWriter.Write(Place, [SafetensorsTensor.Of("state", "[1]"u8.ToArray())]);
        Should.Throw<BadInputException>(() => StateFile.Read(Place)).Message.ShouldContain("holds no state");
        SafetensorsWriter.Write(Place, [SafetensorsTensor.Of("state", """{"W": {"$tensor": "W"}}"""u8.ToArray())]);
        Should.Throw<BadInputException>(() => StateFile.Read(Place)).Message.ShouldContain("has no tensor 'W'");
        File.WriteAllText(Place, "{}");
        Should.Throw<BadInputException>(() => StateFile.Read(Place));
    }

    [Fact]
    public void A_matrix_is_no_text_and_a_text_no_matrix()
    {
        Should.Throw<NotSupportedException>(() => MatrixState.Capture(new Matrix<double>(1, 1)).ToJsonString()).Message.ShouldContain(nameof(StateFile));
        Should.Throw<FormatException>(() => MatrixState.Restore("AAAA"));
        Should.Throw<FormatException>(() => MatrixState.Restore(null));
    }
}
