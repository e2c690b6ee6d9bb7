using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace SpecGD.Records;

/// <summary>
/// JSON as Python's tools write it: a bare NaN, Infinity or -Infinity is read as null. Everything else follows the standard, with a sentence for
/// each way in which a file is not what it should be.
/// </summary>
public static class LenientJson
{
    private const string LargeFilePointer = "version https://git-lfs.github.com/spec/";

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>The object in the file at <paramref name="path"/>.</summary>
    /// <param name="path">The file.</param>
    /// <param name="expected">What the file should be, for messages: "a run log".</param>
    /// <exception cref="BadInputException">The file cannot be read or holds no JSON object.</exception>
    public static JsonObject ReadObject(string path, string expected)
    {
        byte[] bytes;
        try
        {
            if (Directory.Exists(path))
                throw new BadInputException($"{path} is a directory; {expected} is a JSON file.");
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException(
                $"{path} cannot be read as {expected}: "
                + $"{(e is FileNotFoundException or DirectoryNotFoundException ? "there is no such file" : e.Message)}.",
                e);
        }
        if (bytes.AsSpan().Trim((byte)' ').IsEmpty)
            throw new BadInputException($"{path} is empty; {expected} was expected.");
        if (bytes.AsSpan().StartsWith(Encoding.ASCII.GetBytes(LargeFilePointer)))
            throw new BadInputException($"{path} is a Git LFS pointer, not {expected}; fetch the data with 'git lfs pull'.");
        byte[] json = NonNumbersAsNull(bytes);
        try
        {
            RequireText(json);
            return JsonNode.Parse(json, documentOptions: Options) as JsonObject
                ?? throw new BadInputException($"{path} is no {Kind(expected)}: its JSON is not an object.");
        }
        catch (InvalidOperationException e)
        {
            throw new BadInputException($"{path} is no {Kind(expected)}: a text in it is not UTF-8, or has half a surrogate pair.", e);
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new BadInputException($"{path} is no {Kind(expected)}: {JsonFault.Words(json, Options.MaxDepth)}.", e);
        }
    }

    /// <summary>The object that a text is; null where it is none, or is damaged.</summary>
    public static JsonObject? TryParse(string text) => TryParse(Encoding.UTF8.GetBytes(text));

    /// <summary>The same of a text in UTF-8.</summary>
    public static JsonObject? TryParse(byte[] json)
    {
        try
        {
            RequireText(json);
            return JsonNode.Parse(json, documentOptions: Options) as JsonObject;
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>Takes every text once: nodes are made of bytes alone, and a text that is none would be noticed only where it is asked for.</summary>
    /// <exception cref="InvalidOperationException">A text is not one.</exception>
    private static void RequireText(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Options.MaxDepth });
        while (reader.Read())
            if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName
                && (reader.ValueIsEscaped || !Utf8.IsValid(reader.ValueSpan)))
                _ = reader.GetString();
    }

    private static string Kind(string expected) => expected.StartsWith("a ", StringComparison.Ordinal) ? expected[2..] : expected;

    /// <summary>A copy in which every bare NaN, Infinity and -Infinity outside a string is null.</summary>
    private static byte[] NonNumbersAsNull(ReadOnlySpan<byte> json)
    {
        var copy = new ArrayBufferWriter<byte>(json.Length + 64);
        bool inString = false;
        int copied = 0;
        for (int i = 0; i < json.Length; i++)
        {
            if (json[i] == (byte)'"')
                inString = !inString;
            else if (inString && json[i] == (byte)'\\')
                i++;
            else if (!inString && NonNumberLength(json[i..]) is > 0 and var length)
            {
                copy.Write(json[copied..i]);
                copy.Write("null"u8);
                copied = i + length;
                i = copied - 1;
            }
        }
        copy.Write(json[copied..]);
        return copy.WrittenSpan.ToArray();
    }

    private static int NonNumberLength(ReadOnlySpan<byte> text) => text[0] switch
    {
        (byte)'N' when text.StartsWith("NaN"u8) => 3,
        (byte)'I' when text.StartsWith("Infinity"u8) => 8,
        (byte)'-' when text.StartsWith("-Infinity"u8) => 9,
        _ => 0,
    };
}
