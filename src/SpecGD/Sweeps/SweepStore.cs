using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using SpecGD.Records;
using SpecGD.Sweeps.Analysis;

namespace SpecGD.Sweeps;

/// <summary>
/// The results of a sweep in one SQLite file: <c>tasks</c>, their <c>options</c>, what was measured in each (<c>metrics</c>), and what follows
/// over repetitions (<c>settings</c>, <c>best</c>). Every change is one transaction, so a reader, or a crash, never sees half of it.
/// </summary>
public sealed class SweepStore : IDisposable
{
    /// <summary>Version of the tables; a file of another version is made anew, since everything in it comes from the run folders.</summary>
    private const int Version = 3;

    private const string Schema = """
        DROP TABLE IF EXISTS sweep; DROP TABLE IF EXISTS metrics; DROP TABLE IF EXISTS options; DROP TABLE IF EXISTS tasks;
        DROP TABLE IF EXISTS settings; DROP TABLE IF EXISTS best;
        CREATE TABLE sweep (name TEXT NOT NULL, file TEXT NOT NULL, program TEXT NOT NULL);
        CREATE TABLE tasks (
            part TEXT NOT NULL, task TEXT NOT NULL, position INTEGER NOT NULL, experiment TEXT NOT NULL, replicate TEXT NOT NULL,
            status TEXT NOT NULL, attempts INTEGER NOT NULL, wall_seconds REAL NOT NULL, detail TEXT, folder TEXT NOT NULL, stamp TEXT,
            PRIMARY KEY (part, task));
        CREATE TABLE options (part TEXT NOT NULL, task TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, number REAL, varies INTEGER NOT NULL,
            PRIMARY KEY (part, task, name));
        CREATE TABLE metrics (
            part TEXT NOT NULL, task TEXT NOT NULL, method TEXT NOT NULL, series TEXT NOT NULL, keys TEXT NOT NULL,
            first REAL, final REAL, final_step INTEGER NOT NULL, min REAL, min_step INTEGER NOT NULL, max REAL, max_step INTEGER NOT NULL,
            diverged INTEGER NOT NULL, PRIMARY KEY (part, task, method, series));
        CREATE TABLE settings (
            part TEXT NOT NULL, setting TEXT NOT NULL, metric TEXT NOT NULL, n INTEGER NOT NULL, diverged INTEGER NOT NULL, mean REAL,
            deviation REAL, low REAL, high REAL, confidence REAL NOT NULL, scale TEXT NOT NULL, test TEXT, t REAL, degrees_of_freedom REAL, p REAL,
            PRIMARY KEY (part, setting, metric));
        CREATE TABLE best (
            part TEXT NOT NULL, setting TEXT NOT NULL, metric TEXT NOT NULL, n INTEGER NOT NULL, diverged INTEGER NOT NULL, mean REAL,
            deviation REAL, low REAL, high REAL, confidence REAL NOT NULL, scale TEXT NOT NULL, test TEXT, t REAL, degrees_of_freedom REAL, p REAL,
            at_edge INTEGER NOT NULL, PRIMARY KEY (part, setting, metric));
        """;

    private readonly SqliteConnection _connection;

    private SweepStore(SqliteConnection connection) => _connection = connection;

    /// <summary>Opens the file, making it and its tables where they are missing.</summary>
    /// <exception cref="BadInputException">There is a file of that name that is no SQLite file, or the place cannot be written.</exception>
    public static SweepStore Open(string path)
    {
        var place = new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 60 };
        var connection = new SqliteConnection(place.ToString());
        try
        {
            connection.Open();
            var store = new SweepStore(connection);
            if (Convert.ToInt32(store.Scalar("PRAGMA user_version"), CultureInfo.InvariantCulture) != Version)
                store.Execute(string.Create(CultureInfo.InvariantCulture, $"BEGIN IMMEDIATE; {Schema} PRAGMA user_version = {Version}; COMMIT;"));
            return store;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw new BadInputException(
                $"{path} cannot be used as the file of results: {e.Message.TrimEnd('.')}. It is made of the run folders, so it may be deleted.", e);
        }
    }

    /// <summary>What was measured in tasks whose result has not changed since, by part, task and stamp.</summary>
    public IReadOnlyDictionary<(string Part, string Task, string Stamp), IReadOnlyList<Observation>> Observations()
    {
        using var command = Command(
            "SELECT t.part, t.task, t.stamp, m.method, m.series, m.first, m.final, m.final_step, m.min, m.min_step, m.max, m.max_step, m.diverged, m.keys "
            + "FROM tasks t JOIN metrics m USING (part, task) WHERE t.stamp IS NOT NULL ORDER BY t.position, m.rowid");
        using var reader = command.ExecuteReader();
        var found = new Dictionary<(string, string, string), List<Observation>>();
        while (reader.Read())
        {
            var key = (reader.GetString(0), reader.GetString(1), reader.GetString(2));
            if (!found.TryGetValue(key, out var observations))
                found.Add(key, observations = []);
            observations.Add(new Observation(
                reader.GetString(3), reader.GetString(4), Number(5), Number(6),
                (reader.GetInt32(9), Number(8)), (reader.GetInt32(11), Number(10)), reader.GetInt32(7), reader.GetBoolean(12))
            {
                Keys = RowKeys.Parse(reader.GetString(13)),
            });
        }
        return found.ToDictionary(f => f.Key, f => (IReadOnlyList<Observation>)f.Value);

        double Number(int column) => reader.IsDBNull(column) ? double.NaN : reader.GetDouble(column);
    }

    /// <summary>Puts the results in the place of what the file held, all or nothing.</summary>
    /// <param name="sweep">The sweep.</param>
    /// <param name="results">Its tasks with what was measured.</param>
    /// <param name="stampOf">What a task's measurements are known by, or null where it has none.</param>
    /// <exception cref="IOException">The disk is full, or another program keeps the file to itself; it is as it was.</exception>
    public void Replace(SweepDefinition sweep, IReadOnlyList<TaskResult> results, Func<TaskResult, string?> stampOf)
    {
        ArgumentNullException.ThrowIfNull(sweep);
        ArgumentNullException.ThrowIfNull(results);
        ArgumentNullException.ThrowIfNull(stampOf);
        try
        {
            Write(sweep, results, stampOf);
        }
        catch (SqliteException e)
        {
            throw new IOException(
                $"The results could not be written to {_connection.DataSource}: {e.Message.TrimEnd('.')}. The runs themselves are whole; "
                + "'specgd sweep results' collects them again.", e);
        }
    }

    private void Write(SweepDefinition sweep, IReadOnlyList<TaskResult> results, Func<TaskResult, string?> stampOf)
    {
        using var transaction = _connection.BeginTransaction();
        Execute("DELETE FROM sweep; DELETE FROM metrics; DELETE FROM options; DELETE FROM tasks; DELETE FROM settings; DELETE FROM best;");
        Insert("sweep", [[sweep.Name, sweep.Source.ToJsonString(), Manifest.ProgramVersion]]);
        Insert("tasks", results.Select(result => Task(result, stampOf(result))));
        Insert("options", results.SelectMany(Options));
        Insert("metrics", results.SelectMany(Metrics));
        foreach (var part in sweep.Parts)
        {
            Insert("settings", SweepAnalysis.Settings(part, results).Select(setting => Setting(part, setting)));
            Insert("best", SweepAnalysis.Best(part, results).Select(best => (object?[])[.. Setting(part, best), best.IsAtEdge]));
        }
        transaction.Commit();
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private static object?[] Task(TaskResult result, string? stamp) =>
    [
        result.Task.Part.Name, result.Task.Key, result.Task.Index, result.Task.Identity.Experiment, result.Replicate,
        result.Record.State.ToString().ToLowerInvariant(), result.Record.Attempts, result.Record.WallSeconds, result.Record.Detail,
        $"{SweepFolder.TasksName}/{result.Task.Key}", stamp,
    ];

    private static IEnumerable<object?[]> Options(TaskResult result) => result.Task.Identity.Options.Select(option => (object?[])
    [
        result.Task.Part.Name, result.Task.Key, option.Key, AxisText.Of(option.Value), JsonNumber.Of(option.Value),
        result.Task.Part.Varying.Contains(option.Key),
    ]);

    private static IEnumerable<object?[]> Metrics(TaskResult result) => result.Observations.Select(o => (object?[])
    [
        result.Task.Part.Name, result.Task.Key, o.Method, o.Series, o.Keys.ToJson(),
        o.First, o.Final, o.FinalStep, o.Min.Value, o.Min.Step, o.Max.Value, o.Max.Step, o.Diverged,
    ]);

    private static object?[] Setting(SweepPart part, SettingResult setting) =>
    [
        part.Name, new JsonObject(setting.Axes.Select(axis => KeyValuePair.Create(axis.Key, (JsonNode?)axis.Value))).ToJsonString(),
        setting.Metric.ToString(), setting.Values.Count, setting.Diverged,
        setting.Estimate?.Mean, setting.Estimate?.Deviation, setting.Estimate?.Lower, setting.Estimate?.Upper,
        part.Analysis.Confidence, part.Analysis.Logarithmic ? "log" : "linear",
        setting.AgainstBaseline?.Name, setting.AgainstBaseline?.T, setting.AgainstBaseline?.DegreesOfFreedom, setting.AgainstBaseline?.P,
    ];

    /// <summary>Inserts rows, each with a value for every column of the table; numbers that are not finite become null.</summary>
    private void Insert(string table, IEnumerable<object?[]> rows)
    {
        using var command = _connection.CreateCommand();
        foreach (object?[] row in rows)
        {
            if (command.Parameters.Count == 0)
            {
                string[] names = [.. row.Select((_, i) => $"$v{i}")];
#pragma warning disable CA2100 // the names of tables are our own
                command.CommandText = $"INSERT INTO {table} VALUES ({string.Join(',', names)})";
#pragma warning restore CA2100
                foreach (string name in names)
                    command.Parameters.Add(new SqliteParameter { ParameterName = name });
            }
            for (int i = 0; i < row.Length; i++)
                command.Parameters[i].Value = row[i] switch
                {
                    null => DBNull.Value,
                    double number when !double.IsFinite(number) => DBNull.Value,
                    var value => value,
                };
            command.ExecuteNonQuery();
        }
    }

    private void Execute(string sql)
    {
        using var command = Command(sql);
        command.ExecuteNonQuery();
    }

    private object? Scalar(string sql)
    {
        using var command = Command(sql);
        return command.ExecuteScalar();
    }

    private SqliteCommand Command(string sql)
    {
        var command = _connection.CreateCommand();
#pragma warning disable CA2100 // no text of a user is part of a statement
        command.CommandText = sql;
#pragma warning restore CA2100
        return command;
    }
}
