using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Numerics.Tests;

/// <summary>Short pieces of work, divided by <see cref="ThreadBudget.Divide"/>.</summary>
public sealed class ThreadTeamTests : IDisposable
{
    private const int Budget = 4;

    private readonly int _before = ThreadBudget.Total;

    public ThreadTeamTests() => ThreadBudget.Total = Budget;

    public void Dispose() => ThreadBudget.Total = _before;

    /// <summary>Many in quick succession, so that helpers of one piece of work come late into the next, asleep and awake.</summary>
    [Fact]
    public void Every_piece_is_done_once_and_all_before_the_call_returns()
    {
        const int rounds = 6_000, pauseEvery = 1_500;
        int[] done = new int[9];
        using var never = new ManualResetEventSlim();
        for (int round = 1; round <= rounds; round++)
        {
            int pieces = 1 + (round % done.Length);
            Array.Clear(done);
            ThreadBudget.Divide(pieces, piece => done[piece]++);
            (done.AsSpan(0, pieces).ContainsAnyExcept(1) || done.AsSpan(pieces).ContainsAnyExcept(0)).ShouldBeFalse($"round {round}");
            if (round % pauseEvery == 0)
                never.Wait(TimeSpan.FromMilliseconds(20)); // helpers fall asleep
        }
    }

    [Fact]
    public void Pieces_are_done_by_several_threads_and_never_more_than_the_budget()
    {
        var threads = new HashSet<int>();
        int atWork = 0, most = 0;
        using var together = new Barrier(2);
        ThreadBudget.Divide(12, piece =>
        {
            int now = Interlocked.Increment(ref atWork);
            lock (threads)
            {
                threads.Add(Environment.CurrentManagedThreadId);
                most = Math.Max(most, now);
            }
            if (piece >= 10)
                together.SignalAndWait(TimeSpan.FromSeconds(30)).ShouldBeTrue("the first two pieces meet, so two threads are at work");
            Interlocked.Decrement(ref atWork);
        });
        threads.Count.ShouldBeInRange(2, Budget);
        most.ShouldBeInRange(2, Budget);
    }

    [Fact]
    public void A_piece_that_divides_its_own_work_does_it_alone()
    {
        int[] done = new int[3];
        ThreadBudget.Divide(3, outer =>
        {
            int thread = Environment.CurrentManagedThreadId;
            ThreadBudget.Divide(5, _ =>
            {
                Environment.CurrentManagedThreadId.ShouldBe(thread);
                done[outer]++;
            });
        });
        done.ShouldBe([5, 5, 5]);
    }

    [Fact]
    public void Two_callers_at_a_time_both_have_their_work_done()
    {
        const int rounds = 2_000, pieces = 6;
        long sum = 0;
        void Caller()
        {
            for (int round = 0; round < rounds; round++)
                ThreadBudget.Divide(pieces, piece => Interlocked.Add(ref sum, piece));
        }
        var other = new Thread(Caller);
        other.Start();
        Caller();
        other.Join();
        sum.ShouldBe(2L * rounds * (pieces * (pieces - 1) / 2));
    }

    [Fact]
    public void What_a_piece_throws_reaches_the_caller_after_the_others_are_done_and_the_next_work_goes_well()
    {
        int done = 0;
        Should.Throw<InvalidDataException>(() => ThreadBudget.Divide(6, piece =>
        {
            Interlocked.Increment(ref done);
            if (piece == 2)
                throw new InvalidDataException("piece 2");
        })).Message.ShouldBe("piece 2");
        done.ShouldBe(6);

        ThreadBudget.Divide(6, _ => Interlocked.Increment(ref done));
        done.ShouldBe(12);
    }

    [Fact]
    public void The_backend_of_the_caller_is_that_of_every_piece()
    {
        var seen = new Backend[8];
        using (Backend.Use(Backend.Managed))
            ThreadBudget.Divide(seen.Length, piece => seen[piece] = Backend.Current);
        seen.ShouldAllBe(backend => ReferenceEquals(backend, Backend.Managed));
    }

    [Fact]
    public void Work_on_the_budget_s_threads_is_not_divided_again()
    {
        ThreadBudget.Shares.ShouldBe(Budget);
        int within = 0;
        ThreadBudget.ForEach([0], _ => within = ThreadBudget.Shares);
        within.ShouldBe(1);
        ThreadBudget.Shares.ShouldBe(Budget);
    }

    /// <summary>Sizes around the ends of shares; the product by one thread is the judge.</summary>
    [Theory]
    [InlineData(130, 90, 101, false, false)]
    [InlineData(259, 70, 64, true, false)]
    [InlineData(1000, 33, 40, false, true)]
    [InlineData(64, 500, 64, true, true)]
    public void A_divided_product_is_that_of_one_thread(int rows, int columns, int inner, bool transposeA, bool transposeB)
    {
        var a = transposeA ? TestMatrices.Gaussian<double>(inner, rows, 1) : TestMatrices.Gaussian<double>(rows, inner, 1);
        var b = transposeB ? TestMatrices.Gaussian<double>(columns, inner, 2) : TestMatrices.Gaussian<double>(inner, columns, 2);
        var start = TestMatrices.Gaussian<double>(rows, columns, 3);
        Matrix<double> Product(int threads)
        {
            ThreadBudget.Total = threads;
            var c = start.Clone();
            Linear.Multiply(0.5, a, transposeA, b, transposeB, 2, c);
            return c;
        }
        var alone = Product(threads: 1);
        const double rounding = 1e-13; // relative to the largest entry: sums of some hundred terms
        double scale = alone.AsSpan().ToArray().Max(Math.Abs);
        foreach (int threads in new[] { 2, 3, Budget })
        {
            var divided = Product(threads);
            divided.AddScaled(-1, alone);
            (divided.AsSpan().ToArray().Max(Math.Abs) <= rounding * scale).ShouldBeTrue($"{threads} threads");
        }
    }
}
