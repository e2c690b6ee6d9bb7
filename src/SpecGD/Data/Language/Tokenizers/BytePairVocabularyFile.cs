using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Data.Language.Tokenizers;

/// <summary>
/// Reads the published forms of GPT-2's vocabulary: <c>encoder.json</c> with <c>vocab.bpe</c> (also under the names <c>vocab.json</c> and
/// <c>merges.txt</c>), or one <c>.tiktoken</c> file of ranks.
/// </summary>
public static class BytePairVocabularyFile
{
    private const string Expected = "a GPT-2 vocabulary is encoder.json with vocab.bpe, vocab.json with merges.txt, or one .tiktoken file";

    private static readonly (string Ids, string Merges)[] Pairs = [("encoder.json", "vocab.bpe"), ("vocab.json", "merges.txt")];

    /// <summary>The characters that those files write for the 256 bytes: printable ones are themselves, the others follow from U+0100 on.</summary>
    internal static readonly Dictionary<char, byte> ByteOfCharacter = Characters();

    /// <summary>The vocabulary in a folder, or the one that the file at <paramref name="path"/> is of.</summary>
    /// <exception cref="BadInputException">There is none, or it is damaged.</exception>
    public static BytePairVocabulary Read(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (File.Exists(path) && path.EndsWith(".tiktoken", StringComparison.OrdinalIgnoreCase))
            return ReadRanks(path);
        string? folder = Directory.Exists(path) ? path : File.Exists(path) ? Path.GetDirectoryName(Path.GetFullPath(path)) : null;
        if (folder is null)
            throw new BadInputException($"There is no vocabulary at {path}; {Expected}.");
        foreach (var (ids, merges) in Pairs)
            if (File.Exists(Path.Combine(folder, ids)) && File.Exists(Path.Combine(folder, merges)))
                return ReadMerges(Path.Combine(folder, ids), Path.Combine(folder, merges));
        string[] ranks = [.. Directory.EnumerateFiles(folder, "*.tiktoken").Order(StringComparer.Ordinal)];
        return ranks switch
        {
            [var only] => ReadRanks(only),
            [] => throw new BadInputException($"There is no vocabulary in {folder}; {Expected}."),
            _ => throw new BadInputException($"{folder} holds {ranks.Length} .tiktoken files; name the one to use."),
        };
    }

    /// <summary><c>{"token": id, …}</c>, and one merge a line below a line with a version.</summary>
    private static BytePairVocabulary ReadMerges(string idsPath, string mergesPath)
    {
        var ids = LenientJson.ReadObject(idsPath, "a vocabulary");
        ushort Id(string token, string where) => Find(ids, token, idsPath, where);
        var byteTokens = new ushort[256];
        foreach (var (character, value) in ByteOfCharacter)
            byteTokens[value] = Id(character.ToString(), "a single byte");
        RefuseSharedIds(byteTokens, idsPath);
        var vocabulary = new BytePairVocabulary(byteTokens, Id(Encoding.ASCII.GetString(BytePairVocabulary.EndOfTextWord), "end of text"));
        int line = 0;
        foreach (string text in Lines(mergesPath))
        {
            line++;
            if (text.Length == 0 || (line == 1 && text.StartsWith("#version", StringComparison.Ordinal)))
                continue;
            string where = $"line {line} of {mergesPath}";
            if (text.Split(' ') is not [{ Length: > 0 } left, { Length: > 0 } right])
                throw new BadInputException($"{mergesPath} is no list of merges: line {line} is not two tokens with a space between them.");
            if (!vocabulary.TryAddMerge(Id(left, where), Id(right, where), Id(left + right, where)))
                throw new BadInputException($"{where} merges '{left}' and '{right}', which earlier lines have not made, or have merged already.");
        }
        if (vocabulary.Size != ids.Count)
            throw new BadInputException($"{idsPath} has {ids.Count} ids, but {mergesPath} makes {vocabulary.Size}: they do not belong together.");
        return vocabulary.IsContiguous
            ? vocabulary
            : throw new BadInputException($"The ids in {idsPath} do not go from 0 to {vocabulary.Size - 1}, each once.");
    }

    /// <summary>One token a line, its bytes in base 64 and its rank; the parts of a token are what the stronger merges make of it.</summary>
    private static BytePairVocabulary ReadRanks(string path) => OfRanks(ReadTokens(path), path);

    /// <summary>The vocabulary whose tokens are these in the order of their ids, end of text behind them.</summary>
    /// <param name="tokens">The bytes of each.</param>
    /// <param name="path">Where they come from, for the sentence.</param>
    /// <exception cref="BadInputException">They are no such vocabulary.</exception>
    internal static BytePairVocabulary OfRanks(IReadOnlyList<byte[]> tokens, string path)
    {
        const int bytes = 256;
        if (tokens.Take(bytes).Where(token => token is [_]).DistinctBy(token => token[0]).Count() != bytes)
            throw new BadInputException($"{path} is no byte-level vocabulary: its first 256 tokens are not the 256 bytes.");
        var byteTokens = new ushort[bytes];
        for (int rank = 0; rank < bytes; rank++)
            byteTokens[tokens[rank][0]] = (ushort)rank;
        var vocabulary = new BytePairVocabulary(byteTokens, (ushort)tokens.Count);
        var merger = new BytePairMerger(vocabulary);
        var parts = new List<ushort>();
        for (int rank = bytes; rank < tokens.Count; rank++)
        {
            parts.Clear();
            merger.Merge(tokens[rank], parts);
            if (parts is not [var left, var right] || !vocabulary.TryAddMerge(left, right, (ushort)rank))
                throw new BadInputException($"{path} is damaged: the token of rank {rank} is not made of two stronger ones.");
        }
        return vocabulary;
    }

    private static List<byte[]> ReadTokens(string path)
    {
        var tokens = new List<byte[]>();
        foreach (string text in Lines(path))
        {
            if (text.Length == 0)
                continue;
            if (text.Split(' ') is not [var coded, var number]
                || !Base64.IsValid(coded)
                || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int rank))
                throw new BadInputException($"{path} is no list of ranks: line {tokens.Count + 1} is not a token in base 64 and its rank.");
            if (rank != tokens.Count || rank >= BytePairVocabulary.LargestSize - 1)
                throw new BadInputException(
                    $"{path} has rank {rank} at line {tokens.Count + 1}; ranks must go up from 0 by one and end below 65535.");
            tokens.Add(Convert.FromBase64String(coded));
        }
        return tokens;
    }

    private static ushort Find(JsonObject ids, string token, string path, string where) =>
        JsonNumber.Of(ids[token]) is >= 0 and < BytePairVocabulary.LargestSize and var id && id == Math.Floor(id)
            ? (ushort)id
            : throw new BadInputException($"{path} has no id from 0 to 65535 for '{token}' ({where}).");

    private static void RefuseSharedIds(ushort[] byteTokens, string path)
    {
        if (byteTokens.Distinct().Count() != byteTokens.Length)
            throw new BadInputException($"{path} gives two bytes the same id.");
    }

    private static IEnumerable<string> Lines(string path)
    {
        try
        {
            return File.ReadAllLines(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"{path} cannot be read as a vocabulary: {e.Message}", e);
        }
    }

    private static Dictionary<char, byte> Characters()
    {
        var characters = new Dictionary<char, byte>();
        char next = (char)256;
        for (int b = 0; b < 256; b++)
            characters.Add(b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF) ? (char)b : next++, (byte)b);
        return characters;
    }
}
