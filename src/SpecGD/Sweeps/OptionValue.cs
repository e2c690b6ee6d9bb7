using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using SpecGD.Experiments.Settings;

namespace SpecGD.Sweeps;

/// <summary>Values of an experiment's settings as a sweep file gives them: with the types of JSON, not as texts.</summary>
internal static class OptionValue
{
    /// <summary>Significant digits of numbers that a range makes, so that they read as one would write them.</summary>
    private const int RangeDigits = 4;

    /// <summary>Most values of a range.</summary>
    private const int MostValues = 1_000_000;

    /// <summary>The texts that stand for the value on a command line.</summary>
    /// <exception cref="BadInputException">It has not the type of the setting.</exception>
    public static IReadOnlyList<string> Texts(Setting setting, JsonPlace place)
    {
        if (setting.Type == typeof(IReadOnlyDictionary<string, double>))
            return [.. place.Members.Select(pair => $"{pair.Key}={NumberText(pair.Value)}")];
        bool isText = setting.Type == typeof(string) || setting.Type == typeof(IReadOnlyList<string>);
        Func<JsonPlace, string> one = isText ? place => place.Text
            : setting.IsSwitch ? SwitchText
            : NumberText;
        return setting.IsMany ? [.. place.Elements.Select(one)] : [one(place)];
    }

    /// <summary>The values of a grid's axis: a list, or <c>{from, to, step}</c>, or <c>{from, to, count, scale}</c>.</summary>
    /// <exception cref="BadInputException">It is none of these.</exception>
    public static IReadOnlyList<JsonNode> Values(JsonPlace place)
    {
        if (place.Node is not JsonObject)
            return [.. place.Elements.Select(element => element.Node?.DeepClone() ?? throw element.Wrong("a value"))];
        place.Only("from", "to", "step", "count", "scale");
        double from = place.Get("from").Number, to = place.Get("to").Number;
        return place.Find("count") is { } count ? Spaced(place, from, to, count.Number) : Stepped(place, from, to);
    }

    private static IReadOnlyList<JsonNode> Stepped(JsonPlace place, double from, double to)
    {
        double step = place.Find("step")?.Number ?? 1;
        if (place.Find("scale") is not null)
            throw place.Bad("has a 'scale' without a 'count'");
        double last = Math.Floor(((to - from) / step) + 1e-9); // the end counts although its distance is rounded
        if (!(step != 0 && last >= 0 && last < MostValues))
            throw place.Bad($"runs from {Shown(from)} to {Shown(to)} in steps of {Shown(step)}, which is no range of at most {MostValues} values");
        return [.. Enumerable.Range(0, (int)last + 1).Select(i => Node(Rounded(from + (i * step), digits: 12)))];
    }

    private static IReadOnlyList<JsonNode> Spaced(JsonPlace place, double from, double to, double count)
    {
        string scale = place.Find("scale")?.Text ?? "linear";
        bool logarithmic = scale == "log";
        if (scale is not ("log" or "linear"))
            throw place.Get("scale").Wrong("log or linear");
        if (place.Find("step") is not null)
            throw place.Bad("has both a 'step' and a 'count'; give one");
        if (count != Math.Floor(count) || count is < 2 or > MostValues)
            throw place.Get("count").Wrong($"a whole number from 2 to {MostValues}");
        if (logarithmic && (from <= 0 || to <= 0))
            throw place.Bad("is on a logarithmic scale, whose ends must be positive");
        return
        [
            .. Enumerable.Range(0, (int)count).Select(i => i / (count - 1)).Select(share => Node(Rounded(
                logarithmic ? from * Math.Pow(to / from, share) : from + (share * (to - from)), RangeDigits))),
        ];
    }

    private static string NumberText(JsonPlace place) =>
        place.Node?.GetValueKind() == JsonValueKind.Number ? place.Node.ToJsonString() : throw place.Wrong("a number");

    private static string SwitchText(JsonPlace place) => place.Node?.GetValueKind() switch
    {
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => throw place.Wrong("true or false"),
    };

    /// <summary>A whole number as one, so that options of whole numbers take it.</summary>
    private static JsonNode Node(double value) =>
        value == Math.Floor(value) && Math.Abs(value) < 1e15 ? JsonValue.Create((long)value) : JsonValue.Create(value);

    private static double Rounded(double value, int digits) =>
        double.Parse(value.ToString("G" + digits, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static string Shown(double value) => value.ToString(CultureInfo.InvariantCulture);
}
