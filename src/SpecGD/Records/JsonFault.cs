using System.Text;
using System.Text.Json;

namespace SpecGD.Records;

/// <summary>Says in plain words, with the line, why a text is no JSON: the one place that does, for every reader of JSON.</summary>
public static class JsonFault
{
    /// <summary>Characters that are shown of what is wrong.</summary>
    private const int MostShown = 24;

    /// <summary>What is wrong with a text that a reader of JSON has refused, in words that follow a colon.</summary>
    /// <param name="json">The text, as UTF-8.</param>
    /// <param name="deepest">Levels to which objects and lists may nest.</param>
    /// <param name="firstLine">The number of its first line; 0 where it has one line, whose number is told elsewhere.</param>
    public static string Words(ReadOnlySpan<byte> json, int deepest = 64, long firstLine = 1)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = deepest, AllowMultipleValues = true });
        var names = new Stack<HashSet<string>>();
        int values = 0;
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth == 0 && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray) && values++ > 0)
                    return Second(json, reader.TokenStartIndex, firstLine);
                if (reader.TokenType == JsonTokenType.StartObject)
                    names.Push([]);
                else if (reader.TokenType == JsonTokenType.EndObject)
                    names.Pop();
                else if (reader.TokenType == JsonTokenType.String)
                    _ = reader.GetString(); // throws where it is no text
                else if (reader.TokenType == JsonTokenType.PropertyName && reader.GetString() is { } name && !names.Peek().Add(name))
                    return $"the name '{name}' stands twice in one object{In(json, reader.TokenStartIndex, firstLine)}";
            }
        }
        catch (JsonException e)
        {
            long at = OffsetOf(json, e);
            return values > 0 && reader.CurrentDepth == 0 && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray) ? Second(json, at, firstLine)
                : IsCut(json, deepest) ? $"it ends in the middle of a value{In(json, json.TrimEnd(" \t\r\n"u8).Length, firstLine)}"
                : at < json.Length && json[(int)at] is (byte)'[' or (byte)'{' && reader.CurrentDepth + 1 >= deepest ? $"it nests deeper than {deepest} levels{In(json, at, firstLine)}"
                : $"{Shown(json, at)} is not what JSON has there{In(json, at, firstLine)}";
        }
        catch (InvalidOperationException)
        {
            return $"a text in it is not UTF-8, or has half a surrogate pair{In(json, reader.TokenStartIndex, firstLine)}";
        }
        return "its JSON cannot be read";
    }

    private static string Second(ReadOnlySpan<byte> json, long at, long firstLine) =>
        $"more follows after the end of its first value, {Shown(json, at)}{In(json, at, firstLine)}{(firstLine == 0 ? "" : "; one JSON value was expected, not one in each line")}";

    /// <summary>Whether nothing is wrong with it but that it is not at its end.</summary>
    private static bool IsCut(ReadOnlySpan<byte> json, int deepest)
    {
        var reader = new Utf8JsonReader(json, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = deepest }));
        try
        {
            while (reader.Read())
            {
                // on to where it stops
            }
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static long OffsetOf(ReadOnlySpan<byte> json, JsonException e)
    {
        int at = 0;
        for (long line = e.LineNumber ?? 0; line > 0 && json[at..].IndexOf((byte)'\n') is >= 0 and var next; line--)
            at += next + 1;
        return Math.Min(json.Length, at + (e.BytePositionInLine ?? 0));
    }

    private static string In(ReadOnlySpan<byte> json, long at, long firstLine) =>
        firstLine == 0 ? "" : FormattableString.Invariant($" (line {firstLine + json[..(int)at].Count((byte)'\n')})");

    /// <summary>What stands at a place, to the end of its line or as much as is shown.</summary>
    private static string Shown(ReadOnlySpan<byte> json, long at)
    {
        for (; at > 0 && at < json.Length && char.IsAsciiLetter((char)json[(int)at]) && char.IsAsciiLetter((char)json[(int)at - 1]); at--)
        {
            // to the beginning of the word, of which the first letters may have been right
        }
        var rest = json[(int)at..];
        if (rest.StartsWith(Encoding.UTF8.Preamble))
            return "the byte order mark";
        var line = rest.IndexOf((byte)'\n') is >= 0 and var end ? rest[..end] : rest;
        string text = Encoding.UTF8.GetString(line[..Math.Min(line.Length, 4 * MostShown)]).Trim();
        return text.Length == 0 ? rest.IsEmpty ? "the end" : FormattableString.Invariant($"the byte 0x{rest[0]:X2}")
            : text.Any(char.IsControl) ? FormattableString.Invariant($"the byte 0x{line[0]:X2}")
            : text.Length > MostShown ? $"'{text[..MostShown]}…'" : $"'{text}'";
    }
}
