using System.Buffers;
using System.Text.Json;
using SpecGD.Records;

namespace SpecGD.Data.Language.Text;

/// <summary>Takes the document out of a line of JSON Lines.</summary>
internal static class JsonLine
{
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    /// <summary>Writes the text of the document, unescaped, as UTF-8 to <paramref name="text"/>.</summary>
    /// <param name="line">The line.</param>
    /// <param name="field">Name of the property that holds the text.</param>
    /// <param name="text">Where the text goes.</param>
    /// <exception cref="JsonException">The line is no JSON object with such a property.</exception>
    public static void Read(ReadOnlySpan<byte> line, string field, ArrayBufferWriter<byte> text)
    {
        var reader = new Utf8JsonReader(line, Options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException("it is no JSON object");
        bool found = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isText = IsNamed(ref reader, field);
            reader.Read();
            if (isText)
                found = Copy(ref reader, field, text);
            else
                reader.Skip();
        }
        if (!found)
            throw new JsonException($"it has no property '{field}'");
        if (reader.Read())
            throw new JsonException("there is more than one value in it"); // the reader itself says so first
    }

    /// <summary>Why <see cref="Read"/> refused the line.</summary>
    public static string Reason(ReadOnlySpan<byte> line, JsonException e) =>
        e.LineNumber is null ? e.Message : JsonFault.Words(line, Options.MaxDepth, firstLine: 0); // without a place it is a sentence of this class

    private static bool IsNamed(ref Utf8JsonReader reader, string field)
    {
        try
        {
            return reader.ValueTextEquals(field);
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException($"a name in it is no Unicode text: it is not UTF-8, or has half a surrogate pair", e);
        }
    }

    private static bool Copy(ref Utf8JsonReader reader, string field, ArrayBufferWriter<byte> text)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw new JsonException($"its '{field}' is no string");
        text.ResetWrittenCount(); // of a name given twice the last one counts, as in most readers
        try
        {
            text.Advance(reader.CopyString(text.GetSpan(reader.ValueSpan.Length)));
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException($"its '{field}' is no Unicode text: it is not UTF-8, or has half a surrogate pair", e);
        }
        return true;
    }
}
