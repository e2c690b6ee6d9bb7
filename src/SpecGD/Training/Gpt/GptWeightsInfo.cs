using System.Globalization;
using System.Text;
using SpecGD.Data.Language.Tokenizers;
using SpecGD.Models.Gpt;
using SpecGD.Records;

namespace SpecGD.Training.Gpt;

/// <summary>
/// What a file of weights says of its model besides the tensors. It stands in the metadata of the safetensors header; a file of another program may
/// lack it, and then what the sizes of the tensors do not tell is taken from the snapshot (heads of width 128, the end of text of the tokenizer).
/// </summary>
/// <param name="Shape">The model.</param>
/// <param name="Window">Long attention window of the last step in blocks of 128 tokens.</param>
/// <param name="Step">Steps trained; 0 where it is not known.</param>
/// <param name="Tokenizer">Name of the tokenizer.</param>
public sealed record GptWeightsInfo(GptShape Shape, int Window, int Step, string Tokenizer)
{
    /// <summary>Long window of the snapshot's last step, for files that do not say theirs: ⌈1728/128⌉ blocks.</summary>
    public const int PublishedWindow = 14;

    /// <summary>Width of a head of the snapshot.</summary>
    private const int PublishedHeadWidth = 128;

    private const string Gated = "swiglu", Squared = "relu_square";

    private const string Layers = "layers", Width = "width", Heads = "heads", Vocabulary = "vocabulary", EndOfText = "end_of_text", Mlp = "mlp";

    private const string WindowKey = "window_blocks", StepKey = "step", TokenizerKey = "tokenizer";

    /// <summary>True where neither the file nor the caller said how many heads there are, so that heads of width 128 were taken.</summary>
    public bool HeadsAreGuessed { get; init; }

    /// <summary>The long window in blocks: so many tokens rounded up to whole blocks, or that of the last step where none are given.</summary>
    public int WindowOf(int? tokens) => tokens is { } given ? (given + 127) / 128 : Window;

    /// <summary>The metadata of a file; <c>format</c> is what PyTorch's readers look for. What was guessed is not written as known.</summary>
    public IReadOnlyDictionary<string, string> ToMetadata()
    {
        var metadata = new Dictionary<string, string>
        {
            ["format"] = "pt",
            [Layers] = Text(Shape.Layers),
            [Width] = Text(Shape.Width),
            [Heads] = Text(Shape.Heads),
            [Vocabulary] = Text(Shape.Vocabulary),
            [EndOfText] = Text(Shape.EndOfText),
            [Mlp] = Shape.Mlp == GptMlp.SwiGlu ? Gated : Squared,
            [WindowKey] = Text(Window),
            [StepKey] = Text(Step),
            [TokenizerKey] = Tokenizer,
        };
        if (HeadsAreGuessed)
            metadata.Remove(Heads);
        return metadata;
    }

    /// <summary>Whether a file that begins so has the metadata of <see cref="ToMetadata"/>, which stand before the tensors.</summary>
    /// <param name="beginning">Its first bytes, a few thousand at least.</param>
    public static bool IsOf(byte[] beginning)
    {
        ArgumentNullException.ThrowIfNull(beginning);
        string text = Encoding.UTF8.GetString(beginning);
        return new[] { Layers, Width, Vocabulary, Mlp, WindowKey, StepKey, TokenizerKey }.All(key => text.Contains($"\"{key}\":", StringComparison.Ordinal));
    }

    /// <summary>What the file says, and where it does not, what its tensors show.</summary>
    /// <param name="file">The weights.</param>
    /// <param name="heads">The number of heads, which no tensor shows; null for what the file says, or else heads of width 128.</param>
    /// <exception cref="BadInputException">The file is of no such model, or says another number of heads; the sentence says why.</exception>
    public static GptWeightsInfo Of(SafetensorsFile file, int? heads = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        string prefix = GptWeights.PrefixOf(file);
        var (rows, width) = Matrix(file, prefix + GptShape.EmbeddingName);
        var (_, expanded) = Matrix(file, prefix + GptShape.ExpandName(0));
        int layers = Enumerable.Range(0, file.Entries.Count).TakeWhile(i => file.Entries.ContainsKey(prefix + GptShape.ExpandName(i))).Count();
        string tokenizer = file.Metadata.GetValueOrDefault(TokenizerKey)
            ?? (rows >= BytePairTokenizer.PublishedSize ? BytePairTokenizer.TokenizerName : ByteTokenizer.TokenizerName);
        int vocabulary = tokenizer == ByteTokenizer.TokenizerName ? ByteTokenizer.VocabularySize : BytePairTokenizer.PublishedSize;
        vocabulary = Number(file, Vocabulary, Math.Min(rows, vocabulary), 1);
        bool areTold = file.Metadata.ContainsKey(Heads);
        int ofFile = Number(file, Heads, heads ?? Math.Max(1, width / PublishedHeadWidth), 1);
        if (heads is { } given && given != ofFile)
            throw new BadInputException($"{file.Path} is of a model with {Counted.Of(ofFile, "head")}, as its metadata say; {given} do not go with it.");
        var shape = new GptShape
        {
            Layers = Number(file, Layers, layers, 1),
            Width = Number(file, Width, width, 1),
            Heads = ofFile,
            Vocabulary = vocabulary,
            EndOfText = Number(file, EndOfText, (tokenizer == ByteTokenizer.TokenizerName ? ByteTokenizer.VocabularySize : vocabulary) - 1, 0),
            Mlp = expanded == 2 * 4 * width ? GptMlp.SwiGlu : GptMlp.ReluSquare,
        };
        shape.Require();
        return new GptWeightsInfo(shape, Number(file, WindowKey, PublishedWindow, 0), Number(file, StepKey, 0, 0), tokenizer)
        {
            HeadsAreGuessed = !areTold && heads is null,
        };
    }

    private static (int Rows, int Columns) Matrix(SafetensorsFile file, string name) =>
        file.Entry(name).Shape is [> 0 and <= int.MaxValue and var rows, > 0 and <= int.MaxValue and var columns]
            ? ((int)rows, (int)columns)
            : throw new BadInputException($"{file.Path}: tensor '{name}' is {file.Entry(name).ShapeText}; a matrix was expected.");

    private static int Number(SafetensorsFile file, string key, int otherwise, int smallest) =>
        !file.Metadata.TryGetValue(key, out string? text) ? otherwise
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= smallest ? number
        : throw new BadInputException($"{file.Path}: its metadata have '{text}' at '{key}'; a whole number from {smallest} on was expected.");

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
