using System.Text.Json.Nodes;
using SpecGD.Data.Language.Tokenizers;

namespace SpecGD.Tests.Data.Language;

/// <summary>Ids that tiktoken and gpt-3-encoder give to varied texts, and a cut of GPT-2's vocabulary; golden/tokenizer/make.cjs made them.</summary>
internal static class TokenizerGolden
{
    public sealed record Case(string Name, byte[] Text, ushort[] Cut, ushort[] Full);

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "golden", "tokenizer");

    public static IReadOnlyList<Case> Cases { get; } = Read();

    public static BytePairTokenizer Cut { get; } = new(BytePairVocabularyFile.Read(Path.Combine(Folder, "encoder.json")));

    public static ushort[] Ids(this ITokenizer tokenizer, ReadOnlySpan<byte> text)
    {
        var tokens = new List<ushort>();
        tokenizer.Encode(text, tokens);
        return [.. tokens];
    }

    private static Case[] Read()
    {
        var json = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "ids.json")))!;
        return
        [
            .. json["cases"]!.AsArray().Select(c => new Case(
                (string)c!["name"]!,
                Convert.FromBase64String((string)c["text"]!),
                [.. c["cut"]!.AsArray().Select(id => (ushort)id!)],
                [.. c["full"]!.AsArray().Select(id => (ushort)id!)])),
        ];
    }
}
