using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Numerics.Tests;

public sealed class ThreadBudgetTests : IDisposable
{
    /// <summary>Differs from 1 and from what most machines have, so that a budget handed on is seen.</summary>
    private const int Budget = 3;

    private readonly int _before = ThreadBudget.Total;

    public ThreadBudgetTests() => ThreadBudget.Total = Budget;

    public void Dispose() => ThreadBudget.Total = _before;

    [Fact]
    public void Every_item_is_done_once()
    {
        int[] items = [.. Enumerable.Range(0, 500)];
        var done = new int[items.Length];
        ThreadBudget.ForEach(items, i => Interlocked.Increment(ref done[i]));
        done.ShouldAllBe(count => count == 1);
    }

    [Fact]
    public void No_items_are_no_work()
    {
        bool called = false;
        ThreadBudget.ForEach(Array.Empty<int>(), _ => called = true);
        called.ShouldBeFalse();
    }

    [Fact]
    public void Never_are_more_items_at_work_than_the_budget_allows() =>
        MostAtWork(item => ThreadBudget.ForEach([.. Enumerable.Range(0, 200)], _ => item())).ShouldBeInRange(1, Budget);

    [Fact]
    public void Loops_within_items_stay_within_the_budget_too() =>
        MostAtWork(item => ThreadBudget.ForEach([.. Enumerable.Range(0, 20)], _ => ThreadBudget.ForEach([.. Enumerable.Range(0, 20)], _ => item())))
            .ShouldBeInRange(1, Budget);

    [Fact]
    public void Threads_that_an_outer_loop_no_longer_needs_help_with_a_loop_within_its_last_item()
    {
        using var together = new Barrier(Budget);
        int met = 0;
        ThreadBudget.ForEach([0, 1], outer =>
        {
            if (outer == 1) // whichever thread has it, the other's item is soon done
                ThreadBudget.ForEach([.. Enumerable.Range(0, Budget)], _ => Interlocked.Add(ref met, together.SignalAndWait(TimeSpan.FromMinutes(1)) ? 1 : 0));
        });
        met.ShouldBe(Budget, "all met, so all were at work at one time");
    }

    [Fact]
    public void Idle_threads_help_with_pieces_spread_within_an_item()
    {
        using var together = new Barrier(Budget);
        int met = 0;
        ThreadBudget.ForEach([0], _ =>
            ThreadBudget.Spread(Budget, _ => Interlocked.Add(ref met, together.SignalAndWait(TimeSpan.FromMinutes(1)) ? 1 : 0)));
        met.ShouldBe(Budget, "all met, so all were at work at one time");
    }

    [Fact]
    public void Pieces_spread_stay_within_the_budget_and_each_is_done_once()
    {
        int[] done = new int[30 * 8];
        MostAtWork(item => ThreadBudget.ForEach([.. Enumerable.Range(0, 30)], i => ThreadBudget.Spread(8, piece =>
        {
            item();
            Interlocked.Increment(ref done[(i * 8) + piece]);
        }))).ShouldBeInRange(1, Budget);
        done.ShouldAllBe(count => count == 1);
    }

    /// <summary>Helpers that look out for work after one spread are not to join another that has no thread left for them.</summary>
    [Fact]
    public void Spreads_in_quick_succession_stay_within_the_budget()
    {
        ThreadBudget.Divide(Budget, _ => Thread.SpinWait(100)); // the team has its helpers
        MostAtWork(item => ThreadBudget.ForEach([0, 1], _ =>
        {
            for (int spread = 0; spread < 200; spread++)
                ThreadBudget.Spread(4, _ => item());
        })).ShouldBeInRange(1, Budget);
    }

    [SkippableFact]
    public void Pieces_spread_have_OpenBLAS_with_one_thread_and_a_single_one_as_it_is()
    {
        SkipWithoutOpenBlas();
        var threads = new int[7];
        ThreadBudget.Spread(threads.Length, piece => threads[piece] = Backend.Library.Threads);
        threads.ShouldAllBe(count => count == 1);
        ThreadBudget.Spread(1, _ => threads[0] = Backend.Library.Threads);
        threads[0].ShouldBe(Budget);
        Backend.Library.Threads.ShouldBe(Budget);
    }

    [Fact]
    public void Threads_are_given_back_after_a_piece_that_failed()
    {
        for (int i = 0; i < 2 * Budget; i++)
            Should.Throw<InvalidDataException>(() => ThreadBudget.Spread(4, _ => throw new InvalidDataException()));
        Idle_threads_help_with_pieces_spread_within_an_item();
    }

    [Fact]
    public void No_pieces_are_no_work() => Should.NotThrow(() => ThreadBudget.Spread(0, _ => throw new InvalidDataException()));

    [Fact]
    public void With_a_budget_of_one_the_items_are_done_in_their_order()
    {
        ThreadBudget.Total = 1;
        int[] items = [5, 3, 9, 1, 7];
        var done = new List<int>();
        ThreadBudget.ForEach(items, done.Add);
        done.ShouldBe(items);
    }

    [Fact]
    public void Decompositions_side_by_side_have_the_bits_of_those_one_after_another()
    {
        ulong[] seeds = [.. Enumerable.Range(0, 24).Select(i => (ulong)i)];
        double[][] SingularValues(int threads)
        {
            ThreadBudget.Total = threads;
            var values = new double[seeds.Length][];
            ThreadBudget.ForEach(seeds, seed => values[seed] = Linear.SingularValues(TestMatrices.Gaussian<double>(48, 32, seed)));
            return values;
        }
        SingularValues(threads: Budget).ShouldBe(SingularValues(threads: 1));
    }

    [SkippableFact]
    public void OpenBLAS_has_one_thread_inside_and_the_budget_again_afterwards()
    {
        SkipWithoutOpenBlas();
        Backend.Library.Threads.ShouldBe(Budget);
        var inside = new int[40];
        ThreadBudget.ForEach([.. Enumerable.Range(0, inside.Length)], i => inside[i] = Backend.Library.Threads);
        inside.ShouldAllBe(threads => threads == 1);
        Backend.Library.Threads.ShouldBe(Budget);
    }

    [SkippableFact]
    public void A_section_within_a_section_does_not_give_the_threads_back_early()
    {
        SkipWithoutOpenBlas();
        int withinInner = 0, afterInner = 0;
        ThreadBudget.ForEach([0], _ =>
        {
            ThreadBudget.ForEach([1], _ => withinInner = Backend.Library.Threads);
            afterInner = Backend.Library.Threads;
        });
        (withinInner, afterInner).ShouldBe((1, 1));
        Backend.Library.Threads.ShouldBe(Budget);
    }

    [SkippableFact]
    public void A_budget_set_inside_a_section_takes_hold_of_OpenBLAS_only_afterwards()
    {
        SkipWithoutOpenBlas();
        int inside = 0;
        ThreadBudget.ForEach([0], _ =>
        {
            ThreadBudget.Total = 2;
            inside = Backend.Library.Threads;
        });
        inside.ShouldBe(1);
        Backend.Library.Threads.ShouldBe(2);
    }

    [SkippableFact]
    public void OpenBLAS_has_the_budget_again_after_an_item_failed()
    {
        SkipWithoutOpenBlas();
        var error = Should.Throw<Exception>(() => ThreadBudget.ForEach([1, 2, 3], i => throw new InvalidDataException($"item {i}")));
        error.ToString().ShouldContain("item 1");
        Backend.Library.Threads.ShouldBe(Budget);
    }

    [Fact]
    public void Work_cancelled_beforehand_does_not_begin()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        bool begun = false;
        Should.Throw<OperationCanceledException>(() => ThreadBudget.ForEach([1, 2, 3], _ => begun = true, source.Token));
        begun.ShouldBeFalse();
        if (Backend.Library.IsLoaded)
            Backend.Library.Threads.ShouldBe(Budget);
    }

    [Fact]
    public void Work_cancelled_on_the_way_begins_no_further_item()
    {
        const int items = 10_000, cancelAt = 50;
        using var source = new CancellationTokenSource();
        int begun = 0;
        Should.Throw<OperationCanceledException>(() => ThreadBudget.ForEach([.. Enumerable.Range(0, items)], i =>
        {
            Interlocked.Increment(ref begun);
            if (i == cancelAt)
                source.Cancel();
            if (i <= cancelAt)
                return;
            source.Token.WaitHandle.WaitOne();
            Thread.SpinWait(5_000); // so that items are not through before the cancellation has gone round
        }, source.Token));
        begun.ShouldBeInRange(cancelAt + 1, items - 1);
        if (Backend.Library.IsLoaded)
            Backend.Library.Threads.ShouldBe(Budget);
    }

    /// <summary>The exception is for work left undone; here none is.</summary>
    [Fact]
    public void A_cancellation_after_every_item_has_begun_is_no_error()
    {
        using var source = new CancellationTokenSource();
        int done = 0;
        Should.NotThrow(() => ThreadBudget.ForEach([1], _ =>
        {
            source.Cancel();
            done++;
        }, source.Token));
        done.ShouldBe(1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    public void A_budget_below_one_is_refused_and_the_old_one_stays(int threads)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => ThreadBudget.Total = threads);
        ThreadBudget.Total.ShouldBe(Budget);
    }

    [Fact]
    public void No_list_is_refused() =>
        Assert.Throws<ArgumentNullException>(() => ThreadBudget.ForEach<int>(null!, _ => { }));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("  ")]
    public void Without_a_variable_the_budget_is_the_number_of_processors(string? text) =>
        ThreadBudget.Parse(text).ShouldBe(Environment.ProcessorCount);

    [Theory]
    [InlineData("1", 1)]
    [InlineData("64", 64)]
    [InlineData("007", 7)]
    public void A_whole_number_is_the_budget(string text, int threads) => ThreadBudget.Parse(text).ShouldBe(threads);

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("+2")]
    [InlineData("two")]
    [InlineData("1.5")]
    [InlineData("2,000")]
    [InlineData("0x4")]
    [InlineData("99999999999")]
    [InlineData("1025")]
    public void Anything_else_in_the_variable_is_refused_with_its_name_and_value(string text)
    {
        var error = Assert.Throws<InvalidOperationException>(() => ThreadBudget.Parse(text));
        error.Message.ShouldContain($"SPECGD_THREADS={text}");
        error.Message.ShouldContain("whole number from 1 to 1024");
    }

    private static void SkipWithoutOpenBlas() => Skip.If(Backend.OpenBlas is null, "There is no OpenBLAS on this machine.");

    /// <summary>The most items at work at one time, of those that <paramref name="run"/> has done.</summary>
    private static int MostAtWork(Action<Action> run)
    {
        int atWork = 0, most = 0;
        run(() =>
        {
            int now = Interlocked.Increment(ref atWork);
            InterlockedMax(ref most, now);
            Thread.SpinWait(20_000);
            Interlocked.Decrement(ref atWork);
        });
        return most;
    }

    private static void InterlockedMax(ref int largest, int value)
    {
        int seen;
        while (value > (seen = Volatile.Read(ref largest)) && Interlocked.CompareExchange(ref largest, value, seen) != seen)
        {
        }
    }
}
