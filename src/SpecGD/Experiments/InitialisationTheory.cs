using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Experiments.Settings;
using SpecGD.Experiments.Theory;
using SpecGD.Records;

namespace SpecGD.Experiments;

/// <summary>Settings of <see cref="InitialisationTheory"/>.</summary>
public sealed record InitialisationTheoryOptions
{
    /// <summary>Dimensions d.</summary>
    [Setting("dims", "dimensions d; a trend needs three at least", Min = 8, Max = 8192)]
    public IReadOnlyList<int> Dims { get; init; } = [64, 128, 256, 512];

    /// <summary>Repetitions of each measurement.</summary>
    [Setting("seeds", "repetitions of each measurement, each with random numbers of its own", Min = 1, Max = 100_000)]
    public int Seeds { get; init; } = 10;

    /// <summary>Seed from which all others are made.</summary>
    [Setting("seed", "seed from which those of all repetitions are made", Min = 0)]
    public ulong Seed { get; init; }

    /// <summary>Names of the statements to check.</summary>
    [Setting("statements", "statements to check", Choices = StatementCatalog.Names, UnsetMeans = "all")]
    public IReadOnlyList<string> Statements { get; init; } = [];

    /// <summary>The statements to check, in the paper's order.</summary>
    internal IReadOnlyList<Statement> Chosen => [.. StatementCatalog.All.Where(s => Statements.Count == 0 || Statements.Contains(s.Name))];
}

/// <summary>The paper's statements about random initialisation (Sections 2 and 3), each measured over growing dimension and judged.</summary>
public sealed class InitialisationTheory : Experiment<InitialisationTheoryOptions>
{
    /// <inheritdoc/>
    public override string Name => "theory";

    /// <inheritdoc/>
    public override string Summary => "The paper's statements about random initialisation, measured over growing dimension and judged.";

    /// <inheritdoc/>
    public override string RunId(InitialisationTheoryOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        string which = options.Statements.Count == 0 ? "" : "_" + string.Join('-', options.Statements.Select(s => s.Replace('.', '-')));
        return string.Create(CultureInfo.InvariantCulture, $"theory{which}_d{string.Join('-', options.Dims)}_seeds{options.Seeds}_seed{options.Seed}");
    }

    /// <inheritdoc/>
    protected override RunResult Compute(InitialisationTheoryOptions options, RunContext context)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(context);
        Cell[] cells =
        [
            .. from statement in options.Chosen
               from d in options.Dims.Select(statement.DimensionOf).Distinct()
               from repetition in Enumerable.Range(0, options.Seeds)
               orderby d descending // the longest first
               select new Cell(statement, new Trial(d, options.Seed, repetition, context.Cancellation)),
        ];
        var (measured, status, detail) = TrialRunner.Run(Name, cells, cell => cell.Statement.Measure(cell.Trial), context);
        return new RunResult(Log(options, measured, status == RunStatus.Finished), status, detail);
    }

    /// <inheritdoc/>
    public override RecordKeys RecordKeys { get; } = RecordKeys.OfRows("group", "case", "d", "at").With(StatementResult.Section, "statement");

    /// <inheritdoc/>
    protected override RunSummary Conclude(RunLog log)
    {
        ArgumentNullException.ThrowIfNull(log);
        return StatementSummary.Of(StatementResult.All(log));
    }

    private RunLog Log(InitialisationTheoryOptions options, IReadOnlyList<(Cell Cell, Measurement Measurement)> measured, bool isWhole)
    {
        var statements = new JsonObject();
        foreach (var ofStatement in measured.GroupBy(m => m.Cell.Statement).OrderBy(s => options.Chosen.ToList().IndexOf(s.Key)))
        {
            var rows = from m in ofStatement
                       group m.Measurement by (m.Measurement.Group, m.Measurement.Case, m.Cell.Trial.Dimension, m.Measurement.At) into row
                       orderby row.Key.Dimension, row.Key.At
                       select StatementRow.Of(row.Key.Dimension, [.. row]);
            statements[ofStatement.Key.Name] = new StatementResult(ofStatement.Key, [.. rows]).ToJson(isWhole);
        }
        return new RunLog(RunId(options))
        {
            Config = new JsonObject
            {
                ["experiment"] = Name,
                ["dims"] = new JsonArray([.. options.Dims.Select(d => (JsonNode)d)]),
                ["seeds"] = options.Seeds,
                ["seed"] = options.Seed,
            },
            Sections = new JsonObject { [StatementResult.Section] = statements },
        };
    }

    private sealed record Cell(Statement Statement, Trial Trial);
}
