using SpecGD.Records;

namespace SpecGD.Hardening.Survival;

/// <summary>What a drill is to do.</summary>
public sealed record SurvivalOptions
{
    /// <summary>
    /// Kills in all, half of them at moments of writes; full disks are counted apart. Null: one at every moment of a write, and as many at random
    /// moments.
    /// </summary>
    public int? Kills { get; init; }

    /// <summary>Decides the moments.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Drills at a time.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>A negative control: writes are not atomic, and the drill must notice.</summary>
    public bool InPlace { get; init; }
}

/// <summary>
/// Kills the program at its work and holds it to what it promises: nothing that was finished is lost or made again, nothing stands half-written
/// under its own name, the same command goes on and ends with the very bytes of a run that nobody killed, and nothing is left behind.
/// </summary>
/// <param name="program">The words that start the program.</param>
/// <param name="options">What to do.</param>
/// <param name="clock">Measures moments.</param>
public sealed class SurvivalDrill(IReadOnlyList<string> program, SurvivalOptions options, TimeProvider clock)
{
    /// <summary>Kills of one run at random moments before it is left to end, at the most.</summary>
    private const int KillsOfARun = 2;

    /// <summary>Full disks for each kill at a chosen moment.</summary>
    private const int KillsForAFullDisk = 3;

    private readonly VictimProcess _victim = new(program, clock);

    /// <summary>Drills one verb and gives a row for each kind of fault.</summary>
    /// <param name="verb">The verb.</param>
    /// <param name="kills">Kills of this verb; null for every moment of its writes, and as many at random.</param>
    /// <param name="seed">Decides the moments.</param>
    /// <param name="told">Told how many runs of how many are over.</param>
    /// <param name="cancellation">Ends it early; what it wrote is deleted.</param>
    /// <exception cref="IOException">The undisturbed run fails, or a process does not end.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<IReadOnlyList<SurvivalRow>> RunAsync(
        SurvivalCase verb, int? kills, int seed, Action<int, int> told, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(verb);
        ArgumentNullException.ThrowIfNull(told);
        string root = Directory.CreateTempSubdirectory("specgd-survival-").FullName;
        try
        {
            string inputs = Directory.CreateDirectory(Path.Combine(root, "inputs")).FullName;
            verb.Prepare(inputs);
            var reference = await ReferenceAsync(verb, inputs, root).ConfigureAwait(false);
            Trial[] plan = [.. Plan(verb, reference, kills, new Random(seed))];
            int done = 0;
            var trials = new List<Trial.Outcome>();
            using var gate = new SemaphoreSlim(options.Workers);
            await Task.WhenAll(plan.Select(RunOneAsync)).ConfigureAwait(false);
            return
            [
                .. trials.GroupBy(t => t.Kind).OrderBy(g => g.Key).Select(group => new SurvivalRow(verb.Name, group.Key)
                {
                    Faults = group.Sum(t => t.Faults),
                    Points = group.SelectMany(t => t.Points).Distinct().Count(),
                    PointsInAll = reference.Points,
                    Resumed = group.Count(t => t.Resumed),
                    Failures = [.. group.SelectMany(t => t.Failures)],
                }),
            ];

            async Task RunOneAsync(Trial trial, int number)
            {
                await gate.WaitAsync(cancellation).ConfigureAwait(false);
                try
                {
                    string folder = Path.Combine(root, $"trial-{number}");
                    var outcome = await trial.RunAsync(_victim, folder, options.InPlace).ConfigureAwait(false);
                    told(Interlocked.Increment(ref done), plan.Length);
                    lock (trials)
                        trials.Add(outcome);
                    if (Directory.Exists(folder))
                        Directory.Delete(folder, recursive: true);
                }
                finally
                {
                    gate.Release();
                }
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    /// <summary>The run that nobody kills: its result, how long it takes, and how many moments of writes its processes pass.</summary>
    private async Task<Reference> ReferenceAsync(SurvivalCase verb, string inputs, string root)
    {
        string folder = Path.Combine(root, "undisturbed"), list = Path.Combine(root, "points.txt");
        var arguments = verb.Arguments(inputs, folder);
        var end = await _victim.RunAsync(arguments, FaultPoints.ValueToList(list)).ConfigureAwait(false);
        if (end.ExitCode != 0)
            throw new IOException($"'specgd {string.Join(' ', arguments)}' ended with {end.ExitCode} though nobody killed it: {end.LastWords}");
        var result = FolderState.Result(folder, verb.IsResult);
        if (result.Count == 0)
            throw new IOException($"The run of {verb.Name} has no result to compare.");
        string[] passed = File.Exists(list) ? await File.ReadAllLinesAsync(list).ConfigureAwait(false) : [];
        int busiest = passed.GroupBy(line => line.Split(' ')[0]).Select(process => process.Count()).DefaultIfEmpty().Max();
        return new Reference(result, end.Elapsed, busiest, inputs);
    }

    private static IEnumerable<Trial> Plan(SurvivalCase verb, Reference reference, int? kills, Random random)
    {
        int atPoints = Math.Min(reference.Points, kills / 2 ?? reference.Points), atRandom = kills - atPoints ?? reference.Points;
        for (int left = atRandom; left > 0; left -= KillsOfARun)
        {
            double[] moments = [.. Enumerable.Range(0, Math.Min(KillsOfARun, left)).Select(_ => random.NextDouble())];
            yield return new Trial(verb, reference, FaultKind.RandomKill, moments, []);
        }
        for (int i = 0; i < atPoints; i++)
        {
            int point = 1 + (int)((i + 0.5) * reference.Points / atPoints);
            yield return new Trial(verb, reference, FaultKind.PointKill, [], [point]);
            if (i % KillsForAFullDisk == 0)
                yield return new Trial(verb, reference, FaultKind.FullDisk, [], [point]);
        }
    }
}

/// <summary>The run that nobody kills.</summary>
/// <param name="Result">Its files and their SHA-256.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Points">Moments of writes that its busiest process passes.</param>
/// <param name="Inputs">The folder of its inputs.</param>
internal sealed record Reference(IReadOnlyDictionary<string, string> Result, TimeSpan Duration, int Points, string Inputs);
