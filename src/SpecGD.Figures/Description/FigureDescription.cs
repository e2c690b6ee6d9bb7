using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using SpecGD.Figures.Model;
using SpecGD.Records;

namespace SpecGD.Figures.Description;

/// <summary>
/// The description of a figure beside its pictures: labels, ranges, colours, sizes, and where its data are. After an edit it is drawn again, and without
/// one it gives the same picture.
/// </summary>
public static partial class FigureDescription
{
    /// <summary>Ending of its file.</summary>
    internal const string Ending = ".json";

    private const int Version = 1, MostPanels = 1000;

    private const string VersionName = "\"specgd-figure\"";

    /// <summary>Bytes at the begin of a file in which its version stands.</summary>
    private const int Beginning = 200;

    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.KebabCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectRequiredConstructorParameters = true,
        RespectNullableAnnotations = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Whether a file is the description of a figure, by its first bytes.</summary>
    public static bool IsOne(string path)
    {
        if (!string.Equals(Path.GetExtension(path), Ending, StringComparison.OrdinalIgnoreCase) || !File.Exists(path))
            return false;
        using var file = File.OpenRead(path);
        byte[] begin = new byte[Beginning];
        int read = file.ReadAtLeast(begin, Beginning, throwOnEndOfStream: false);
        return Encoding.UTF8.GetString(begin, 0, read).Contains(VersionName, StringComparison.Ordinal);
    }

    /// <summary>The text of the description of a figure.</summary>
    internal static string Render(Figure figure) => JsonSerializer.Serialize(FileOf(figure), Options) + "\n";

    /// <summary>Reads a description with the data beside it.</summary>
    /// <exception cref="BadInputException">One of the two cannot be read, or says what cannot be.</exception>
    public static Figure Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        byte[] json = Bytes(path);
        try
        {
            var file = JsonSerializer.Deserialize<FigureFile>(json, Options) ?? throw new FormatException("it is null");
            if (file.Version != Version)
                throw new FormatException($"it is of version {file.Version}, and this program reads {Version}");
            string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
            return FigureOf(file, FigureData.Read(Path.Combine(folder, Path.GetFileName(file.Data ?? file.Name + FigureData.Ending))));
        }
        catch (JsonException e)
        {
            throw new BadInputException($"{path} is no description of a figure: {Told(e, json)}.", e);
        }
        catch (Exception e) when (e is FormatException or ArgumentException)
        {
            throw new BadInputException($"{path} cannot be drawn: {e.Message.TrimEnd('.')}.", e);
        }
    }

    private static FigureFile FileOf(Figure figure) => new(Version, figure.Name, [.. figure.Panels.Select(FileOf)])
    {
        Title = TextMarkup.Of(figure.Title),
        Caption = figure.Caption,
        Data = figure.Name + FigureData.Ending,
        Width = Length.Text(figure.Width),
        Height = Length.Text(figure.Height),
        FontSize = figure.FontSize,
        Columns = figure.Columns,
    };

    private static PanelFile FileOf(Panel panel) => new(FileOf(panel.X), FileOf(panel.Y), [.. panel.Curves.Select(CurveForm.Of)])
    {
        Title = TextMarkup.Of(panel.Title),
        Key = Words.Of(panel.Key),
    };

    private static AxisFile FileOf(Axis axis) => new()
    {
        Label = TextMarkup.Of(axis.Label),
        Logarithmic = axis.Logarithmic,
        WholeNumbers = axis.WholeNumbers,
        From = axis.From,
        To = axis.To,
        Covers = axis.Covers.Count == 0 ? null : axis.Covers,
        Tics = axis.Tics.Count == 0 ? null : axis.Tics,
        BareTics = axis.BareTics.Count == 0 ? null : axis.BareTics,
        TicTexts = axis.TicTexts.Count == 0 ? null : [.. axis.TicTexts.Select(TextMarkup.Of)],
    };

    private static Figure FigureOf(FigureFile file, IReadOnlyDictionary<(int Panel, int Curve), IReadOnlyList<Column>> data)
    {
        if (file.Panels.Count > MostPanels)
            throw new FormatException($"it has {Counted.Of(file.Panels.Count, "panel")}, and {MostPanels} are the most");
        return new Figure(file.Name, [.. file.Panels.Select((panel, i) => PanelOf(panel, i + 1, data))], file.Caption)
        {
            Title = TextMarkup.Read(file.Title),
            Width = InchesOf(file.Width, "width"),
            Height = InchesOf(file.Height, "height"),
            Columns = Math.Max(1, file.Columns),
            FontSize = file.FontSize is >= DrawingStyle.LeastFontSize and <= DrawingStyle.MostFontSize ? file.FontSize
                : throw new FormatException($"the size of text is {file.FontSize}; from {DrawingStyle.LeastFontSize} to {DrawingStyle.MostFontSize} pt were expected"),
        };
    }

    private static double InchesOf(string text, string what) => Length.Inches(text) is { } inches and <= DrawingStyle.MostWidth ? inches
        : throw new FormatException($"the {what} is '{text}'; a length such as 8.5cm or 10in was expected, of {DrawingStyle.MostWidth} inches at most");

    private static Panel PanelOf(PanelFile file, int number, IReadOnlyDictionary<(int Panel, int Curve), IReadOnlyList<Column>> data) => new(
        TextMarkup.Read(file.Title), AxisOf(file.X), AxisOf(file.Y), [.. file.Curves.Select((curve, i) => CurveForm.Read(curve, data.GetValueOrDefault((number, i + 1), [])))])
    {
        Key = Words.Read<KeyPlacement>(file.Key, "place of a key"),
    };

    private static Axis AxisOf(AxisFile file) => new(TextMarkup.Read(file.Label))
    {
        Logarithmic = file.Logarithmic,
        WholeNumbers = file.WholeNumbers,
        From = file.From,
        To = file.To,
        Covers = file.Covers ?? [],
        Tics = file.Tics ?? [],
        BareTics = file.BareTics ?? [],
        TicTexts = [.. (file.TicTexts ?? []).Select(TextMarkup.Read)],
    };

    private static byte[] Bytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadInputException($"The description {path} cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Why it is none: what is no JSON in the words of <see cref="JsonFault"/>, and what JSON is and no figure with its place.</summary>
    private static string Told(JsonException e, byte[] json)
    {
        try
        {
            using var whole = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            string line = $"line {(e.LineNumber ?? 0) + 1}", what = e.Path is null or "$" ? "it" : e.Path.TrimStart('$', '.');
            string[] quoted = [.. QuotedName().Matches(e.Message).Select(match => match.Groups[1].Value)];
            return e.Message.Contains("missing required", StringComparison.Ordinal)
                ? $"{what} lacks {Sentence.List([.. quoted.Skip(1).Select(name => $"'{name}'")])}"
                : e.Message.Contains("could not be mapped", StringComparison.Ordinal) && quoted.Length > 0 ? $"it knows nothing called '{quoted[0]}' ({line})"
                : $"{what} has a value of another kind than is expected there ({line})";
        }
        catch (JsonException)
        {
            return JsonFault.Words(json);
        }
    }

    [GeneratedRegex("'([^']*)'")]
    private static partial Regex QuotedName();
}
