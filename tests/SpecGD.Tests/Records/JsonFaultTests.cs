using System.Text;
using SpecGD.Hardening.Fuzzing;
using SpecGD.Records;

namespace SpecGD.Tests.Records;

/// <summary>What is wrong with a JSON text is said in plain words, with the line, by every reader.</summary>
public sealed class JsonFaultTests : IDisposable
{
    private const int Seed = 20261130, Damaged = 400;

    private static readonly string[] OfTheLibrary =
        ["LineNumber", "BytePositionInLine", "Path: $", "depth to be zero", "Expected end of", "JSON reader", "is an invalid", "is invalid", "Utf8JsonReader", "deserializ", "surrogate.", "UTF-16 JSON"];

    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-json-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("{\"a\": 1}\n{\"a\": 2}\n", "more follows after the end of its first value, '{\"a\": 2}' (line 2); one JSON value was expected, not one in each line")]
    [InlineData("{\"a\": 1}\nthat is all", "more follows after the end of its first value, 'that is all' (line 2); one JSON value was expected, not one in each line")]
    [InlineData("{\n\"a\": [1,\n2\n\n", "it ends in the middle of a value (line 3)")]
    [InlineData("{\"a\": \"never closed", "it ends in the middle of a value (line 1)")]
    [InlineData("{\n\"a\": 1,\n\"a\": 2}", "the name 'a' stands twice in one object (line 3)")]
    [InlineData("{\n\"a\": what is this supposed to be}", "'what is this supposed to…' is not what JSON has there (line 2)")]
    [InlineData("{\"a\": \"\\ud800\"}", "a text in it is not UTF-8, or has half a surrogate pair (line 1)")]
    [InlineData("{\n\"a\": \"tab\there\"}", "is not what JSON has there (line 2)")]
    [InlineData("\ufeff{\"a\": 1}", "the byte order mark is not what JSON has there (line 1)")]
    public void It_is_said_in_plain_words_with_the_line(string json, string words)
    {
        byte[] text = json.Contains('\ufeff') ? [.. Encoding.UTF8.Preamble, .. "{\"a\": 1}"u8] : Encoding.UTF8.GetBytes(json);
        JsonFault.Words(text).ShouldEndWith(words);
    }

    [Fact]
    public void Deep_nesting_is_said_and_where_nothing_is_wrong_no_line_is_made_up()
    {
        JsonFault.Words(Encoding.UTF8.GetBytes(new string('[', 70) + new string(']', 70))).ShouldBe("it nests deeper than 64 levels (line 1)");
        JsonFault.Words("{\"a\": [1]}"u8).ShouldBe("its JSON cannot be read");
    }

    /// <summary>The place that the library names lies in bytes and lines; none may lead beyond the text.</summary>
    [Fact]
    public void No_damage_makes_it_throw()
    {
        var random = new Random(Seed);
        byte[] whole = Encoding.UTF8.GetBytes("{\n \"a\": [1, 2.5e3, \"tëxt\\n\"],\r\n \"b\": {\"c\": null, \"d\": true}\n}\n");
        for (int i = 0; i < Damaged; i++)
        {
            byte[] damaged = [.. whole];
            for (int change = random.Next(1, 4); change > 0; change--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            JsonFault.Words(damaged.AsSpan(0, random.Next(1, damaged.Length + 1))).ShouldNotBeEmpty();
        }
    }

    public static TheoryData<string> Readers => [.. FuzzParser.Names];

    /// <summary>Every reader, given JSON that is damaged in every way, and what its own damaged files are.</summary>
    [Theory]
    [MemberData(nameof(Readers))]
    public void No_words_of_the_library_reach_a_user(string name)
    {
        var parser = FuzzParser.Named(name);
        parser.Prepare(_folder);
        string path = Path.Combine(_folder, parser.FileName);
        string[] texts = ["{\"a\": 1}\n{\"a\": 2}", "{\"a\": ", "{\"a\": 1, \"a\": 2}", "{\"text\": \"\\ud800\"}", "{\"\\ud800\": 1}", "{\"text\": tru}", "{\"text\"", "{'text': 1}", "[[", "nul", "{\"text\": \"a\nb\"}",
            "{\"text\": \"\\x\"}", "{\"text\": 01}", "{\"text\": " + new string('[', 200)];
        byte[][] files =
        [
            .. texts.Select(Encoding.UTF8.GetBytes), .. texts.Select(text => FuzzSeeds.Whole(Encoding.UTF8.GetBytes(text), [])), .. texts.Select(FuzzSeeds.Capture),
            .. Enumerable.Range(0, Damaged).Select(i => FuzzRun.Input(parser, Seed, i)),
        ];
        int refused = 0;
        foreach (byte[] file in files)
        {
            File.WriteAllBytes(path, file);
            try
            {
                parser.Parse(path);
            }
            catch (BadInputException e)
            {
                refused++;
                foreach (string phrase in OfTheLibrary)
                    e.Message.ShouldNotContain(phrase);
            }
        }
        if (name != "attempts") // whose reader passes over what a crash cut short
            refused.ShouldBePositive("else this saw nothing");
    }
}
