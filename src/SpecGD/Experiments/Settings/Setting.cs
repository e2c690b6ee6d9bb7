using System.Collections.Frozen;
using System.Globalization;
using System.Numerics;
using System.Reflection;
using System.Text.Json.Nodes;

namespace SpecGD.Experiments.Settings;

/// <summary>
/// One setting of an options record: reads its text, checks its range, shows its default. Help
/// pages, command line and manifests all derive from it.
/// </summary>
public sealed class Setting
{
    private readonly PropertyInfo _property;
    private readonly SettingAttribute _declaration;
    private readonly string[] _choices;

    private Setting(PropertyInfo property, SettingAttribute declaration, object? defaultValue)
    {
        _property = property;
        _declaration = declaration;
        _choices = declaration.Choices.Split(',', StringSplitOptions.RemoveEmptyEntries);
        Default = defaultValue;
    }

    /// <summary>The options record that it is a setting of.</summary>
    public Type OptionsType => _property.DeclaringType!;

    /// <summary>Name without dashes in front.</summary>
    public string Name => _declaration.Name;

    /// <summary>What it sets.</summary>
    public string Description => _declaration.Description;

    /// <summary>Type of the property, without the null of an unset value.</summary>
    public Type Type => Nullable.GetUnderlyingType(_property.PropertyType) ?? _property.PropertyType;

    /// <summary>What stands for a value where none is set, in words; empty where that is the default itself.</summary>
    public string UnsetMeans => _declaration.UnsetMeans;

    /// <summary>The value without the user's word.</summary>
    public object? Default { get; }

    /// <summary>True where several values may be given.</summary>
    public bool IsMany =>
        Type == typeof(IReadOnlyList<int>)
        || Type == typeof(IReadOnlyList<double>)
        || Type == typeof(IReadOnlyList<string>)
        || Type == typeof(IReadOnlyDictionary<string, double>);

    /// <summary>True for a switch, which may stand without a value.</summary>
    public bool IsSwitch => Type == typeof(bool);

    /// <summary>Choices that are longer together stand in the description: help breaks a placeholder anywhere.</summary>
    private const int LongestPlaceholder = 24;

    private bool IsChoice => _choices.Length > 0 && (Type == typeof(string) || Type == typeof(IReadOnlyList<string>));

    private string Choices => string.Join('|', _choices);

    /// <summary>What stands for the value in help.</summary>
    public string Placeholder =>
        IsChoice ? Choices.Length <= LongestPlaceholder ? Choices : "NAME"
        : Type == typeof(IReadOnlyDictionary<string, double>) ? "NAME=VALUE"
        : IsSwitch ? "true|false"
        : Type == typeof(double) || Type == typeof(IReadOnlyList<double>) ? "X"
        : Type == typeof(string) || Type == typeof(IReadOnlyList<string>) ? "TEXT"
        : "N";

    /// <summary>Default and range for help: "default 100; from 1 to 16384".</summary>
    public string Range
    {
        get
        {
            string shown = _declaration.UnsetMeans.Length > 0 ? _declaration.UnsetMeans : Show(Default);
            string range = _declaration.Min > double.NegativeInfinity || _declaration.Max < double.PositiveInfinity ? $"; {AllowedNumbers}" : "";
            string names = Type == typeof(IReadOnlyDictionary<string, double>) && _choices.Length > 0
                ? $"; NAME is {string.Join(" or ", _choices)}"
                : "";
            if (IsChoice && Choices.Length > LongestPlaceholder)
                names = $"; NAME is {string.Join(" or ", _choices)}";
            return $"default {shown}{range}{names}";
        }
    }

    private string AllowedNumbers
    {
        get
        {
            string from = _declaration.Min == double.NegativeInfinity ? "" : (_declaration.MinExcluded ? "above " : "from ") + Show(_declaration.Min);
            string to = _declaration.Max == double.PositiveInfinity
                ? (from.StartsWith("from", StringComparison.Ordinal) ? " on" : "")
                : " to " + Show(_declaration.Max);
            return (from + to).Trim();
        }
    }

    /// <summary>The settings of an options record, in the order of its properties.</summary>
    public static IReadOnlyList<Setting> Of(Type options)
    {
        ArgumentNullException.ThrowIfNull(options);
        object defaults = Activator.CreateInstance(options)!;
        return
        [
            .. from property in options.GetProperties(BindingFlags.Public | BindingFlags.Instance)
               let declaration = property.GetCustomAttribute<SettingAttribute>()
               where declaration is not null
               select new Setting(property, declaration, property.GetValue(defaults)),
        ];
    }

    /// <summary>An options record with the texts given, by setting name, and defaults for the rest.</summary>
    /// <exception cref="BadInputException">A name is unknown, or a text is no value of its setting.</exception>
    public static object Resolve(Type options, IReadOnlyDictionary<string, IReadOnlyList<string>> given)
    {
        ArgumentNullException.ThrowIfNull(given);
        var settings = Of(options).ToDictionary(s => s.Name);
        object record = Activator.CreateInstance(options)!;
        foreach (var (name, texts) in given)
        {
            if (!settings.TryGetValue(name, out var setting))
                throw new BadInputException($"There is no option --{name}.{Spelling.Hint(name, settings.Keys)}");
            setting._property.SetValue(record, setting.Parse(texts));
        }
        return record;
    }

    /// <summary>Every setting of the record with its value, for manifests.</summary>
    public static JsonObject ToJson(object options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var json = new JsonObject();
        foreach (var setting in Of(options.GetType()))
            json[setting.Name] = ToNode(setting._property.GetValue(options));
        return json;
    }

    /// <summary>
    /// The same of options as they were used: what stands for an option without a value, such as "n/‖A‖_op²" where it differs from row to row, in words.
    /// </summary>
    public static JsonObject ToJsonAsUsed(object options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var json = ToJson(options);
        foreach (var setting in Of(options.GetType()))
            if (setting.UnsetMeans is { Length: > 0 } words && json[setting.Name] is null or JsonArray { Count: 0 } or JsonObject { Count: 0 })
                json[setting.Name] = words;
        return json;
    }

    /// <summary>The value without the user's word, as text.</summary>
    public string TextOfDefault => Show(Default);

    /// <summary>The value in an options record, as text.</summary>
    public string TextOf(object options) => Show(_property.GetValue(options));

    /// <summary>The value in an options record.</summary>
    internal object? ValueIn(object options) => _property.GetValue(options);

    /// <summary>A copy of an options record in which this setting has its default.</summary>
    public object AtDefault(object options)
    {
        ArgumentNullException.ThrowIfNull(options);
        object copy = Activator.CreateInstance(options.GetType())!;
        foreach (var other in Of(options.GetType()).Where(s => s.Name != Name))
            other._property.SetValue(copy, other._property.GetValue(options));
        return copy;
    }

    /// <summary>The value that <paramref name="texts"/> stand for.</summary>
    /// <exception cref="BadInputException">They are no value of this setting; the sentence says what would be.</exception>
    private object Parse(IReadOnlyList<string> texts)
    {
        if (Type == typeof(IReadOnlyList<int>))
            return SeveralOf(texts, ParseNumber<int>);
        if (Type == typeof(IReadOnlyList<double>))
            return SeveralOf(texts, ParseNumber<double>);
        if (Type == typeof(IReadOnlyList<string>))
            return SeveralOf(texts, ParseWord);
        if (Type == typeof(IReadOnlyDictionary<string, double>))
            return ParsePairs(texts);
        string text = texts is [] && IsSwitch ? "true" : texts is [var only] ? only : throw Bad(string.Join(' ', texts), "one value");
        return Type == typeof(int) ? ParseNumber<int>(text)
            : Type == typeof(ulong) ? ParseNumber<ulong>(text)
            : Type == typeof(double) ? ParseNumber<double>(text)
            : Type == typeof(bool) ? ParseSwitch(text)
            : Type == typeof(string) ? ParseWord(text)
            : throw new NotSupportedException($"Setting {Name} has type {Type}, which no text stands for.");
    }

    /// <summary>Several values may be parted by spaces, by commas, or by giving the option again.</summary>
    private T[] SeveralOf<T>(IReadOnlyList<string> texts, Func<string, T> parse)
    {
        string[] items = [.. texts.SelectMany(t => t.Split(',', StringSplitOptions.RemoveEmptyEntries))];
        if (items.Length == 0)
            throw Bad(string.Join(' ', texts), "at least one value");
        T[] values = Array.ConvertAll(items, item => parse(item));
        Repetition.Refuse(values, $"--{Name}", value => Show(value));
        return values;
    }

    private TNumber ParseNumber<TNumber>(string text)
        where TNumber : struct, INumber<TNumber>
    {
        bool whole = typeof(TNumber) != typeof(double);
        var style = whole ? NumberStyles.AllowLeadingSign : NumberStyles.Float;
        string wanted = $"a {(whole ? "whole " : "")}number {(whole && IsBeyond<TNumber>(text) ? $"up to {Largest<TNumber>()}" : AllowedNumbers)}".TrimEnd();
        if (!TNumber.TryParse(text, style, CultureInfo.InvariantCulture, out var number) || !TNumber.IsFinite(number))
            throw Bad(text, wanted);
        double value = double.CreateChecked(number);
        if (value < _declaration.Min || value > _declaration.Max || (_declaration.MinExcluded && value == _declaration.Min))
            throw Bad(text, wanted);
        return number;
    }

    /// <summary>Whether the text is a whole number that is too large for its type, so that its largest has to be told.</summary>
    private bool IsBeyond<TNumber>(string text)
        where TNumber : struct, INumber<TNumber> =>
        BigInteger.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var given) && double.IsPositiveInfinity(_declaration.Max) && given > BigInteger.CreateChecked(Largest<TNumber>());

    private static TNumber Largest<TNumber>()
        where TNumber : struct, INumber<TNumber> => TNumber.CreateSaturating(UInt128.MaxValue);

    private object ParseSwitch(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "YES" or "ON" or "1" => true,
        "FALSE" or "NO" or "OFF" or "0" => false,
        _ => throw Bad(text, "true or false"),
    };

    private string ParseWord(string text) =>
        _choices.Length == 0 || _choices.Contains(text) ? text : throw Unknown(text, text, $"one of {string.Join(", ", _choices)}");

    private IReadOnlyDictionary<string, double> ParsePairs(IReadOnlyList<string> texts)
    {
        var named = new List<KeyValuePair<string, double>>();
        foreach (string text in texts)
        {
            if (text.Split('=', 2) is not [{ Length: > 0 } name, var value])
                throw Bad(text, "NAME=VALUE");
            if (_choices.Length > 0 && !_choices.Contains(name))
                throw Unknown(text, name, $"NAME=VALUE where NAME is one of {string.Join(", ", _choices)}");
            named.Add(KeyValuePair.Create(name, ParseNumber<double>(value)));
        }
        Repetition.Refuse([.. named.Select(pair => pair.Key)], $"--{Name}", name => name);
        return named.ToFrozenDictionary();
    }

    private BadInputException Unknown(string text, string name, string wanted) => new($"{Bad(text, wanted).Message}{Spelling.Hint(name, _choices)}");

    private BadInputException Bad(string text, string wanted) => new($"--{Name} takes {wanted}; '{text}' is not.");

    private static string Show(object? value) => value switch
    {
        null or System.Collections.ICollection { Count: 0 } or IReadOnlyDictionary<string, double> { Count: 0 } => "none",
        bool b => b ? "true" : "false",
        IReadOnlyList<int> list => string.Join(',', list),
        IReadOnlyList<double> list => string.Join(',', list.Select(x => x.ToString(CultureInfo.InvariantCulture))),
        IReadOnlyList<string> list => string.Join(',', list),
        IReadOnlyDictionary<string, double> pairs => string.Join(
            ',', pairs.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => string.Create(CultureInfo.InvariantCulture, $"{p.Key}={p.Value}"))),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    private static JsonNode? ToNode(object? value) => value switch
    {
        null => null,
        int number => number,
        ulong number => number,
        double number => number,
        bool flag => flag,
        string text => text,
        IReadOnlyList<int> list => new JsonArray([.. list.Select(n => (JsonNode)n)]),
        IReadOnlyList<double> list => new JsonArray([.. list.Select(x => (JsonNode)x)]),
        IReadOnlyList<string> list => new JsonArray([.. list.Select(word => (JsonNode)word)]),
        IReadOnlyDictionary<string, double> pairs => new JsonObject(pairs.Select(p => KeyValuePair.Create(p.Key, (JsonNode?)p.Value))),
        _ => throw new NotSupportedException($"A setting of type {value.GetType()} has no JSON form."),
    };
}
