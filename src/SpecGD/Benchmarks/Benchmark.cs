namespace SpecGD.Benchmarks;

/// <summary>What is timed: within this process, or a command of the program as a user starts it.</summary>
public enum BenchmarkKind
{
    /// <summary>One routine, called again and again.</summary>
    Kernel,

    /// <summary>Part of training a language model.</summary>
    Language,

    /// <summary>A whole experiment: a process of its own, start-up and figures included.</summary>
    Experiment,

    /// <summary>A process of its own that does next to nothing.</summary>
    Startup,
}

/// <summary>Another program's time for the same work.</summary>
/// <param name="Name">Which program, and on what machine.</param>
/// <param name="Seconds">Its time for one piece of the work.</param>
public sealed record Peer(string Name, double Seconds);

/// <summary>One piece of work that is timed, what it needs at least, and what it is held against.</summary>
public sealed record Benchmark
{
    /// <summary>Name on the command line.</summary>
    public required string Name { get; init; }

    /// <summary>What is done, with its sizes.</summary>
    public required string Description { get; init; }

    /// <summary>What kind of work it is.</summary>
    public required BenchmarkKind Kind { get; init; }

    /// <summary>
    /// Floating-point operations that one piece needs however it is programmed, as <see cref="Flops"/> counts them; null where nobody has
    /// counted. Over the machine's own rate of products this is the floor under its time.
    /// </summary>
    public double? LeastFlops { get; init; }

    /// <summary>Whether the rate of products in single precision is the one that counts.</summary>
    public bool SinglePrecision { get; init; }

    /// <summary>Numbers of activations and products of a language model, f32 or bf16; null for other work.</summary>
    public string? Precision { get; init; }

    /// <summary>Pieces of work in one run; times are of one piece.</summary>
    public int Pieces { get; init; } = 1;

    /// <summary>Tokens in one piece, where the time is better told as tokens a second.</summary>
    public int? Tokens { get; init; }

    /// <summary>Seconds that one piece is to take at most on two cores that multiply 100 GFLOP/s in double precision.</summary>
    public double? GoalSeconds { get; init; }

    /// <summary>Another program's time.</summary>
    public Peer? Peer { get; init; }

    /// <summary>Makes everything ready and gives the work of one run; null for an experiment.</summary>
    public Func<Action>? Prepare { get; init; }

    /// <summary>The command of an experiment, without <c>--output</c>; empty for work within this process.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Runs whose median is reported, where no other number is asked for.</summary>
    public int Runs { get; init; } = 5;
}
