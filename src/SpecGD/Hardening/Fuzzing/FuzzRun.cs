using System.Collections.Concurrent;
using System.Globalization;
using SpecGD.Records;

namespace SpecGD.Hardening.Fuzzing;

/// <summary>How a parser is tried.</summary>
public sealed record FuzzOptions
{
    /// <summary>Damaged files in all.</summary>
    public long Inputs { get; init; } = 1_000_000;

    /// <summary>Decides every file.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Threads.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Where files that a parser stumbles over are kept; null to keep none.</summary>
    public string? Keep { get; init; }

    /// <summary>The longest that a file of at most 64 KiB may take: it takes microseconds, and a busy machine may halt a thread for long.</summary>
    public TimeSpan TimeLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// The most bytes that may be allocated for one file beside <see cref="BytesPerByte"/> for each of its own. The tables of a vocabulary of 65,536
    /// ids have 3 MB; the longest range that a sweep may have, 60.
    /// </summary>
    public long BytesAtMost { get; init; } = 64L << 20;

    /// <summary>What deflate can make of a byte, 1032, each as an integer of eight bytes.</summary>
    public int BytesPerByte { get; init; } = 1032 * 8;
}

/// <summary>
/// Gives parsers damaged files and holds each to the promise: it returns or refuses in a sentence that names the file, in bounded time and memory.
/// </summary>
/// <param name="options">How.</param>
/// <param name="clock">Measures how long a file takes.</param>
public sealed class FuzzRun(FuzzOptions options, TimeProvider clock)
{
    /// <summary>Files of one parser that a thread takes at a time.</summary>
    private const int Portion = 500;

    /// <summary>Failures of a parser that are kept as files.</summary>
    private const int MostKept = 10;

    private readonly ConcurrentDictionary<string, Tally> _tallies = new();
    private volatile bool _halted;

    /// <summary>Tries the parsers and gives a row for each.</summary>
    /// <param name="parsers">The parsers.</param>
    /// <param name="told">Told how many files were tried, from any thread.</param>
    /// <param name="cancellation">Ends it early.</param>
    public IReadOnlyList<FuzzRow> Run(IReadOnlyList<FuzzParser> parsers, Action<long> told, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(parsers);
        ArgumentNullException.ThrowIfNull(told);
        string place = Directory.CreateTempSubdirectory("specgd-fuzz-").FullName;
        try
        {
            var portions = new ConcurrentQueue<(FuzzParser Parser, long First, int Count)>(Portions(parsers));
            Worker[] workers = [.. Enumerable.Range(0, options.Threads).Select(i => new Worker(this, Path.Combine(place, $"{i}")))];
            long done = 0;
            Thread[] threads = [.. workers.Select(worker => new Thread(() => Work(worker)) { IsBackground = true, Name = "fuzz" })];
            foreach (var thread in threads)
                thread.Start();
            while (!threads.All(thread => thread.Join(TimeSpan.FromMilliseconds(200))))
                if (workers.Select(worker => worker.Hang()).FirstOrDefault(hang => hang is not null) is { } hang)
                {
                    _halted = true; // the thread itself cannot be ended
                    string why = string.Create(CultureInfo.InvariantCulture, $"it had not ended after {hang.Elapsed.TotalSeconds:0.#} s");
                    Fail(hang.Parser, hang.Number, hang.Input, why);
                    break;
                }
            return [.. parsers.Select(parser => TallyOf(parser).Row(parser))];

            void Work(Worker worker)
            {
                while (!_halted && !cancellation.IsCancellationRequested && portions.TryDequeue(out var portion))
                {
                    worker.Try(portion.Parser, portion.First, portion.Count);
                    told(Interlocked.Add(ref done, portion.Count));
                }
            }
        }
        finally
        {
            if (!_halted)
                Directory.Delete(place, recursive: true);
        }
    }

    /// <summary>The damaged file of a number: the same for the same seed, whichever thread makes it.</summary>
    public static byte[] Input(FuzzParser parser, int seed, long number)
    {
        ArgumentNullException.ThrowIfNull(parser);
        ulong mixed = ((ulong)(uint)seed << 32) ^ (ulong)number;
        foreach (char c in parser.Name)
            mixed = (mixed ^ c) * 0x100000001B3; // FNV, then a finaliser that spreads every bit
        mixed = (mixed ^ (mixed >> 31)) * 0x7FB5D329728EA185;
        mixed = (mixed ^ (mixed >> 27)) * 0x81DADEF4BC2DD44D;
        return parser.Mutate(new Random((int)(mixed >> 32)), parser.Seeds);
    }

    private IEnumerable<(FuzzParser Parser, long First, int Count)> Portions(IReadOnlyList<FuzzParser> parsers)
    {
        double weights = parsers.Sum(parser => parser.Weight), before = 0;
        long given = 0;
        foreach (var parser in parsers)
        {
            long end = (long)Math.Round(options.Inputs * ((before += parser.Weight) / weights)), count = end - given;
            given = end;
            for (long first = 0; first < count; first += Portion)
                yield return (parser, first, (int)Math.Min(Portion, count - first));
        }
    }

    private Tally TallyOf(FuzzParser parser) => _tallies.GetOrAdd(parser.Name, _ => new Tally());

    private void Fail(FuzzParser parser, long number, byte[] input, string why)
    {
        var tally = TallyOf(parser);
        string kept = "";
        if (options.Keep is { } folder && tally.TakeRoom(MostKept))
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"{parser.Name.Replace(' ', '-')}-{options.Seed}-{number}-{parser.FileName}");
            Directory.CreateDirectory(folder);
            AtomicFile.Write(Path.Combine(folder, name), input);
            kept = $", kept as {Path.Combine(folder, name)}";
        }
        tally.AddFailure(string.Create(CultureInfo.InvariantCulture, $"{parser.Name}, input {number} of seed {options.Seed}{kept}: {why}."));
    }

    /// <summary>The counts of one parser.</summary>
    private sealed class Tally
    {
        private readonly Lock _gate = new();
        private readonly List<string> _failures = [];
        private long _accepted, _refused, _slowest, _allocated;
        private int _kept;

        public void Add(bool accepted, TimeSpan elapsed, long allocated)
        {
            lock (_gate)
            {
                _accepted += accepted ? 1 : 0;
                _refused += accepted ? 0 : 1;
                _slowest = Math.Max(_slowest, elapsed.Ticks);
                _allocated = Math.Max(_allocated, allocated);
            }
        }

        public void AddFailure(string sentence)
        {
            lock (_gate)
                _failures.Add(sentence);
        }

        public bool TakeRoom(int most) => Interlocked.Increment(ref _kept) <= most;

        public FuzzRow Row(FuzzParser parser)
        {
            lock (_gate)
                return new FuzzRow(parser.Name)
                {
                    Inputs = _accepted + _refused, Accepted = _accepted, Refused = _refused,
                    Slowest = TimeSpan.FromTicks(_slowest), MostAllocated = _allocated, Failures = [.. _failures],
                };
        }
    }

    /// <summary>One thread, with a folder of its own for the file at hand.</summary>
    private sealed class Worker(FuzzRun run, string folder)
    {
        private FuzzParser? _parser;
        private string _directory = "";
        private volatile Attempt? _attempt;

        /// <summary>What is parsed at this moment.</summary>
        public sealed record Attempt(FuzzParser Parser, long Number, byte[] Input, long Begin, TimeSpan Elapsed = default);

        /// <summary>What has taken longer than it may by far, or null.</summary>
        public Attempt? Hang()
        {
            const int patience = 3; // beyond the limit alone it is told as slow once it ends
            return _attempt is { } attempt && run.Elapsed(attempt.Begin) is var elapsed && elapsed > patience * run.TimeLimit
                ? attempt with { Elapsed = elapsed }
                : null;
        }

        public void Try(FuzzParser parser, long first, int count)
        {
            if (_parser != parser)
            {
                _parser = parser;
                _directory = Directory.CreateDirectory(Path.Combine(folder, parser.Name)).FullName;
                parser.Prepare(_directory);
            }
            for (long number = first; number < first + count; number++)
                TryOne(parser, number);
        }

        private void TryOne(FuzzParser parser, long number)
        {
            byte[] input = Input(parser, run.Seed, number);
            string path = Path.Combine(_directory, parser.FileName);
            File.WriteAllBytes(path, input);
            bool accepted = false;
            string? problem = null;
            long begin = run.Now, before = GC.GetAllocatedBytesForCurrentThread();
            _attempt = new Attempt(parser, number, input, begin);
            try
            {
                parser.Parse(path);
                accepted = true;
            }
            catch (BadInputException e)
            {
                if (!e.Message.Contains(_directory, StringComparison.Ordinal))
                    problem = $"it was refused without naming the file: {e.Message.TrimEnd('.')}";
            }
            catch (Exception e)
            {
                string? place = e.StackTrace?.Split('\n').FirstOrDefault(line => line.Contains("SpecGD.", StringComparison.Ordinal));
                problem = $"{e.GetType().Name}: {e.Message.TrimEnd('.')} {place?.Trim()}";
            }
            _attempt = null;
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            run.Judge(parser, number, input, accepted, run.Elapsed(begin), allocated, problem);
        }
    }

    private TimeSpan TimeLimit => options.TimeLimit;

    private int Seed => options.Seed;

    private long Now => clock.GetTimestamp();

    private TimeSpan Elapsed(long begin) => clock.GetElapsedTime(begin);

    private void Judge(FuzzParser parser, long number, byte[] input, bool accepted, TimeSpan elapsed, long allocated, string? problem)
    {
        TallyOf(parser).Add(accepted, elapsed, allocated);
        if (problem is not null)
            Fail(parser, number, input, problem);
        if (elapsed > options.TimeLimit)
            Fail(parser, number, input, string.Create(CultureInfo.InvariantCulture, $"it took {elapsed.TotalSeconds:0.0} s"));
        if (allocated > options.BytesAtMost + ((long)options.BytesPerByte * input.Length))
            Fail(parser, number, input, $"{Counted.Of(allocated, "byte")} {Counted.Noun(allocated, "was")} allocated for a file of {input.Length}");
    }
}
