using System.Text.Json;
using System.Text.Unicode;

namespace SpecGD.Records;

/// <summary>
/// The JSON header of a safetensors file, read in one pass that trusts nothing: every tensor must be described whole, once, and the tensors must
/// tile the buffer without gap or overlap.
/// </summary>
internal sealed class SafetensorsHeader
{
    /// <summary>Largest header in bytes that the format allows.</summary>
    public const long Largest = 100_000_000;

    /// <summary>Key of the text-to-text map that is no tensor.</summary>
    public const string MetadataKey = "__metadata__";

    /// <summary>Deepest nesting looked at; a right header needs three.</summary>
    private const int Deepest = 64;

    private static readonly Dictionary<string, SafetensorsElement> Elements = Enum.GetValues<SafetensorsElement>().ToDictionary(e => e.ToString());

    private readonly string _path;
    private readonly Dictionary<string, SafetensorsEntry> _entries = [];
    private readonly Dictionary<string, string> _metadata = [];
    private readonly List<long> _numbers = [];
    private bool _hasMetadata;

    private SafetensorsHeader(string path) => _path = path;

    /// <summary>The tensors by name.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Entries => _entries;

    /// <summary>The text-to-text map.</summary>
    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>The header in <paramref name="json"/> for a file with <paramref name="bufferLength"/> bytes behind it.</summary>
    /// <exception cref="BadInputException">It is not one; the sentence says what and where.</exception>
    public static SafetensorsHeader Parse(string path, ReadOnlySpan<byte> json, long bufferLength)
    {
        var header = new SafetensorsHeader(path);
        if (json.IsEmpty || json[0] != (byte)'{')
            throw header.NotOne("its header does not start with '{'");
        if (!Utf8.IsValid(json))
            throw header.NotOne("its header is not UTF-8");
        header.RequireJson(json);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Deepest });
        reader.Read();
        try
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
                header.ReadMember(ref reader);
        }
        catch (InvalidOperationException e)
        {
            throw new BadInputException($"{path} is no safetensors file: a text in its header has half a surrogate pair.", e);
        }
        header.RequireTiling(bufferLength);
        return header;
    }

    /// <summary>Grammar and depth, before anything is made of it.</summary>
    private void RequireJson(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            while (reader.Read())
                if (reader.CurrentDepth >= Deepest)
                    throw NotOne($"its header nests deeper than {Deepest} levels");
        }
        catch (JsonException e)
        {
            throw new BadInputException($"{_path} is no safetensors file: its header is not JSON: {JsonFault.Words(json, int.MaxValue, firstLine: 0)}.", e);
        }
    }

    private void ReadMember(ref Utf8JsonReader reader)
    {
        string name = reader.GetString()!;
        reader.Read();
        if (name == MetadataKey)
        {
            ReadMetadata(ref reader);
            return;
        }
        var entry = ReadEntry(ref reader, name);
        if (!_entries.TryAdd(name, entry))
            throw Wrong(name, "is described twice");
        RequireSize(entry);
    }

    private void ReadMetadata(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw NotOne($"'{MetadataKey}' must be an object of texts");
        if (_hasMetadata)
            throw NotOne($"'{MetadataKey}' is there twice");
        _hasMetadata = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            reader.Read();
            if (reader.TokenType != JsonTokenType.String)
                throw NotOne($"'{MetadataKey}' maps texts to texts, but '{key}' is no text");
            if (!_metadata.TryAdd(key, reader.GetString()!))
                throw NotOne($"'{MetadataKey}' has the key '{key}' twice");
        }
    }

    private SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Wrong(name, "must be an object with dtype, shape and data_offsets");
        SafetensorsElement? element = null;
        long[]? shape = null, offsets = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string field = reader.GetString()!;
            reader.Read();
            bool again = field switch
            {
                "dtype" => Set(ref element, ReadElement(ref reader, name)),
                "shape" => Set(ref shape, ReadNumbers(ref reader, name, field)),
                "data_offsets" => Set(ref offsets, ReadNumbers(ref reader, name, field)),
                _ => throw Wrong(name, $"has the unknown field '{field}'; dtype, shape and data_offsets are all there may be"),
            };
            if (again)
                throw Wrong(name, $"has the field '{field}' twice");
        }
        if (element is not { } type || shape is null || offsets is null)
            throw Wrong(name, $"lacks {(element is null ? "dtype" : shape is null ? "shape" : "data_offsets")}");
        if (offsets is not [var begin, var end])
            throw Wrong(name, $"needs two data_offsets, begin and end; there are {offsets.Length}");
        return end < begin ? throw Wrong(name, $"ends before it begins: data_offsets [{begin}, {end}]") : new(name, type, shape, begin, end);
    }

    private static bool Set<TValue>(ref TValue? place, TValue value)
    {
        bool taken = place is not null;
        place = value;
        return taken;
    }

    private SafetensorsElement ReadElement(ref Utf8JsonReader reader, string name)
    {
        string text = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
        return Elements.TryGetValue(text, out var element)
            ? element
            : throw Wrong(name, $"has the unknown dtype '{text}'; known are {string.Join(", ", Elements.Keys)}");
    }

    private long[] ReadNumbers(ref Utf8JsonReader reader, string name, string field)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw Wrong(name, $"must have an array of whole numbers as {field}");
        _numbers.Clear();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long number))
                throw Wrong(name, $"has something in {field} that is no whole number below 2⁶³");
            _numbers.Add(number >= 0 ? number : throw Wrong(name, $"has the negative number {number} in {field}"));
        }
        return [.. _numbers];
    }

    private void RequireSize(SafetensorsEntry entry)
    {
        long bytes = entry.Element.Width();
        try
        {
            bool empty = entry.Shape.Contains(0);
            foreach (long size in entry.Shape)
                bytes = checked(bytes * (empty ? Math.Min(size, 1) : size));
        }
        catch (OverflowException e)
        {
            throw new BadInputException($"{_path}: tensor '{entry.Name}' of shape {entry.ShapeText} has more bytes than 2⁶³.", e);
        }
        if (entry.End - entry.Begin != bytes)
            throw Wrong(
                entry.Name,
                $"of shape {entry.ShapeText} in {entry.Element} has {Counted.Of(bytes, "byte")}, but its data_offsets span {entry.End - entry.Begin}");
    }

    private void RequireTiling(long bufferLength)
    {
        long at = 0;
        foreach (var entry in _entries.Values.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin < at)
                throw Wrong(entry.Name, $"overlaps the one before it: it begins at byte {entry.Begin}, before {at}");
            if (entry.Begin > at)
                throw Wrong(entry.Name, at == 0
                    ? $"is the first and begins at byte {entry.Begin} of the buffer instead of 0"
                    : $"leaves a hole before it: it begins at byte {entry.Begin}, the one before ends at {at}");
            if (entry.End > bufferLength)
                throw Wrong(entry.Name, $"ends at byte {entry.End} of a buffer of {bufferLength}: the file was cut short");
            at = entry.End;
        }
        if (at < bufferLength)
            throw NotOne($"its last tensor is followed by {Counted.Of(bufferLength - at, "byte")}");
    }

    private BadInputException NotOne(string why) => new($"{_path} is no safetensors file: {why}.");

    private BadInputException Wrong(string name, string why) => new($"{_path}: tensor '{name}' {why}.");
}
