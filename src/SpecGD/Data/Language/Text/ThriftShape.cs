using System.Globalization;

namespace SpecGD.Data.Language.Text;

/// <summary>
/// Which field of a structure is of which kind, as far as it is known: readers go by a field's number alone, so one whose kind is damaged would have
/// them read on at a wrong place. From parquet.thrift of the format's version 2.12.
/// </summary>
internal sealed class ThriftShape
{
    /// <summary>
    /// Number and kind: <c>n</c> whole number, <c>b</c> bytes, <c>t</c> truth value, <c>y</c> one byte, <c>d</c> double, <c>[</c> list and <c>{</c> structure, each of
    /// what is named behind, or of any.
    /// </summary>
    private static readonly Dictionary<string, string> Known = new()
    {
        ["File"] = "1n 2[Element 3n 4[Group 5[Pair 6b 7[Order 8{ 9b",
        ["Element"] = "1n 2n 3n 4b 5n 6n 7n 8n 9n 10{Logical",
        ["Logical"] = "1{ 2{ 3{ 4{ 5{Decimal 6{ 7{Time 8{Time 10{Integer 11{ 12{ 13{ 14{ 15{ 16{Variant 17{Geometry 18{Geography",
        ["Decimal"] = "1n 2n",
        ["Time"] = "1t 2{Unit",
        ["Unit"] = "1{ 2{ 3{",
        ["Integer"] = "1y 2t",
        ["Variant"] = "1y",
        ["Geometry"] = "1b",
        ["Geography"] = "1b 2n",
        ["Group"] = "1[Chunk 2n 3n 4[Sorting 5n 6n 7n",
        ["Chunk"] = "1b 2n 3{Column 4n 5n 6n 7n 8{Crypto 9b",
        ["Column"] = "1n 2[n 3[b 4n 5n 6n 7n 8[Pair 9n 10n 11n 12{Statistics 13[Encodings 14n 15n 16{Sizes 17{Places",
        ["Statistics"] = "1b 2b 3n 4n 5b 6b 7t 8t 9n",
        ["Encodings"] = "1n 2n 3n",
        ["Sizes"] = "1n 2[n 3[n",
        ["Places"] = "1{Box 2[n",
        ["Box"] = "1d 2d 3d 4d 5d 6d 7d 8d",
        ["Crypto"] = "1{ 2{CryptoColumn",
        ["CryptoColumn"] = "1[b 2b",
        ["Sorting"] = "1n 2t 3t",
        ["Pair"] = "1b 2b",
        ["Order"] = "1{ 2{",
        ["Page"] = "1n 2n 3n 4n 5{DataPage 6{ 7{DictionaryPage 8{DataPage2",
        ["DataPage"] = "1n 2n 3n 4n 5{Statistics",
        ["DictionaryPage"] = "1n 2n 3t",
        ["DataPage2"] = "1n 2n 3n 4n 5n 6n 7t 8{Statistics",
    };

    private readonly Dictionary<int, Field> _fields = [];

    /// <summary>The footer of a file.</summary>
    public static ThriftShape Footer { get; } = Of("File");

    /// <summary>What stands before each page.</summary>
    public static ThriftShape PageHeader { get; } = Of("Page");

    /// <summary>The field of this number; null where none is known, which may be of any kind.</summary>
    public Field? this[int id] => _fields.TryGetValue(id, out var field) ? field : null;

    private static ThriftShape Of(string name)
    {
        var shape = new ThriftShape();
        foreach (string field in Known[name].Split(' '))
        {
            int digits = field.TakeWhile(char.IsAsciiDigit).Count();
            string inner = field[(digits + 1)..];
            bool isKind = inner.Length == 1;
            shape._fields[int.Parse(field[..digits], CultureInfo.InvariantCulture)] = new Field(
                field[digits], isKind ? inner[0] : inner.Length > 0 ? '{' : null, inner.Length > 1 ? Of(inner) : null);
        }
        return shape;
    }

    /// <summary>A field.</summary>
    /// <param name="Kind">Its kind.</param>
    /// <param name="ElementKind">Of a list, the kind of its elements; null where it may be any.</param>
    /// <param name="Inner">The shape of the structure, or of the structures in the list.</param>
    public sealed record Field(char Kind, char? ElementKind, ThriftShape? Inner);
}
