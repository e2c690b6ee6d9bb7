using System.CommandLine;
using SpecGD.Experiments.NanoGpt;

namespace SpecGD.Cli.Commands.NanoGpt;

/// <summary>The options that name the tokens: shards, a text, or neither for the embedded sample text.</summary>
internal sealed class TokenPlace
{
    private readonly Option<string?> _shards, _text;

    public TokenPlace(Command command, string purpose)
    {
        _shards = new Option<string?>("--data") { Description = $"token shards to {purpose}, as 'specgd data' makes them", HelpName = "DIR" };
        _text = new Option<string?>("--text")
        {
            Description = $"a text to {purpose}, byte by byte, instead of shards; .jsonl, .parquet, .gz and .zst are read; its last tenth is for validation",
            HelpName = "FILE",
        };
        command.Options.Add(_shards);
        command.Options.Add(_text);
    }

    /// <summary>What is to be trained on.</summary>
    /// <exception cref="BadInputException">Two places are named, or the one cannot be used.</exception>
    public NanoGptData ForTraining(ParseResult parsed, NanoGptOptions options) => Choose(
        parsed,
        place => NanoGptData.Shards(place, options) with { ShardsPlace = Path.GetFullPath(place) },
        file => NanoGptData.Text(file, options) with { TextFile = Path.GetFullPath(file) },
        () => NanoGptData.Sample(options));

    /// <summary>What a model is to be judged on: what the user names, else what the model was trained on, else the sample text.</summary>
    /// <inheritdoc cref="ForTraining"/>
    public NanoGptValidationData ForValidation(ParseResult parsed, int length, int count, NanoGptTrainedOn? trained)
    {
        NanoGptValidationData Shards(string place) => NanoGptValidationData.Shards(place, length, count);
        NanoGptValidationData Text(string file) => NanoGptValidationData.Text(file, length, count);
        return Choose(
            parsed,
            Shards,
            Text,
            () => trained?.Shards is { } place ? Shards(place) : trained?.TextFile is { } file ? Text(file) : NanoGptValidationData.Sample(length, count));
    }

    private T Choose<T>(ParseResult parsed, Func<string, T> shards, Func<string, T> text, Func<T> sample) =>
        (parsed.GetValue(_shards), parsed.GetValue(_text)) switch
        {
            (not null, not null) => throw new BadInputException("--data and --text name two data sets; give one."),
            ({ } place, null) => shards(place),
            (null, { } file) => text(file),
            _ => sample(),
        };
}
