using SpecGD.Models.Gpt;
using SpecGD.Numerics.Communication;
using SpecGD.Optimizers.Parameters;
using SpecGD.Tests.Communication;
using SpecGD.Training.Gpt;

namespace SpecGD.Tests.Training.Gpt;

public class GptScalingTests
{
    /// <summary>The same products and sums in another order.</summary>
    private const double Rounding = 1e-12;

    private static readonly GptShape Shape = new();

    private static readonly GptTrainingPlan Plan = new();

    private static readonly RoutingTable Routing = GptRouting.Muon(new MuonRule(), new AdamRule());

    private static readonly ClusterConstants Cluster = new(100e9, 1.25e9, 30e-6);

    /// <summary>By hand: 275,742,780 parameters of 4 bytes, in ⌈275742780/2²²⌉ = 66 messages.</summary>
    [Theory]
    [InlineData(1, 8, 0)]
    [InlineData(8, 8, 66 * 7 * 30e-6)]
    [InlineData(64, 64, 66 * 63 * 30e-6)]
    public void Bytes_and_times_are_those_of_rings(int ranks, int sequences, double latency)
    {
        const double parameters = 275_742_780;
        Shape.ParameterCount.ShouldBe((long)parameters);
        double sent = 4 * parameters * (ranks - 1) / ranks;

        var step = Of(ranks);

        step.Sequences.ShouldBe(sequences);
        step.TokensPerStep.ShouldBe(sequences * 49152L);
        Close(step.BytesPerStep, 2 * sent);
        Close(step.GradientExchange, (sent / 1.25e9) + latency);
        Close(step.UpdateExchange, step.GradientExchange);
        Close(step.Step, step.Compute + step.Update + step.GradientExchange + step.UpdateExchange - step.Hidden);
        Close(step.TokensPerSecond, step.TokensPerStep / step.Step);
        // head and blocks are 38,633,472 + 44·768² + 24·768·3072 of the parameters; the rest is ready at the end of the backward pass
        Close(step.Hidden, step.GradientExchange * (38_633_472 + (44 * 768 * 768) + (24 * 768 * 3072)) / parameters);
    }

    [Fact]
    public void What_is_sent_is_what_the_exchange_of_training_sends()
    {
        const int ranks = 3;
        var shape = GptTrainingCase.Shape;
        var sent = ThreadTeam.Run(ranks, collective =>
        {
            var counting = new CountingTeam(collective);
            var parameters = new GptParameters<float>(shape);
            var optimizer = new ParameterOptimizer<float>(parameters.All, Routing, new CooldownSchedule(10), counting);
            optimizer.BeginSum().Complete();
            optimizer.Step();
            return counting.Bytes;
        });

        double told = GptScaling.Of(shape, GptTrainingCase.Plan, Routing, 6, ranks, Cluster).BytesPerStep;

        foreach (double bytes in sent)
            (Math.Abs(bytes - told) <= 0.15 * told).ShouldBeTrue($"{bytes} sent, {told} told"); // ranks own as many bytes to a matrix of the model
        Close(sent.Sum(), ranks * told);
    }

    [Fact]
    public void Each_rank_computes_its_share_until_there_are_as_many_ranks_as_sequences()
    {
        var (one, eight, many) = (Of(1), Of(8), Of(64));

        Close(one.Compute, 8 * 49152 * GptWork.Of(Shape, Plan, Routing, 8, 0).ForToken / 100e9);
        Close(one.Update, GptWork.Of(Shape, Plan, Routing, 8, 0).ForUpdate / 100e9);
        Close(one.Compute, 8 * eight.Compute);
        Close(many.Compute, eight.Compute);
        (eight.Update < one.Update / 6).ShouldBeTrue("68 matrices are shared by eight");
        Close(Of(512).Update, Of(128).Update); // no more than one matrix a rank
        Of(3).Sequences.ShouldBe(9, "three each");
        one.Waiting.ShouldBe(0);
    }

    [Theory]
    [InlineData(1.25e9, false)]
    [InlineData(1e6, true)]
    public void A_slow_network_bounds(double bandwidth, bool bound) =>
        GptScaling.Of(Shape, Plan, Routing, 8, 8, Cluster with { BytesPerSecond = bandwidth }).IsBoundByNetwork.ShouldBe(bound);

    /// <summary>Of 124M on eight ranks: every row once, and no rank with much more to orthogonalise than another.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(8)]
    [InlineData(64)]
    public void Every_row_has_one_owner_and_costs_are_balanced(int ranks)
    {
        var layouts = Shape.Layouts().ToArray();
        var pieces = ParameterDivision.Of(layouts, Routing, ranks);

        foreach (var tensor in layouts)
            pieces.Where(piece => piece.Tensor == tensor).SelectMany(piece => Enumerable.Range(piece.RowInTensor, piece.Rows))
                .ShouldBe(Enumerable.Range(0, tensor.Rows), tensor.Name);
        pieces.Select(piece => piece.Owner).Distinct().Count().ShouldBe(ranks);
        double all = layouts.Sum(tensor => Routing.RouteOf(tensor).Rule.Operations(tensor)), largest = ParameterDivision.LargestShare(pieces, Routing);
        double matrix = layouts.Max(tensor => tensor.Matrices == 0 ? 0 : Routing.RouteOf(tensor).Rule.Operations(tensor) / tensor.Matrices);
        (largest >= all / ranks * (1 - Rounding) && largest <= (all / ranks) + matrix).ShouldBeTrue($"{largest} of {all}");
        pieces.Where(piece => piece.Tensor.Name.StartsWith("blocks.", StringComparison.Ordinal)).ShouldAllBe(piece => piece.Rows == 768);
    }

    [Fact]
    public void Memory_of_a_rank_is_what_it_allocates()
    {
        var shape = GptTrainingCase.Shape;
        long told = GptMemory.Of<float>(shape, GptTrainingCase.Plan, Routing, ranks: 3).Parts.Single(part => part.Name == "optimizer state").Bytes;

        long[] allocated = ThreadTeam.Run(3, collective => new ParameterOptimizer<float>(new GptParameters<float>(shape).All, Routing, new CooldownSchedule(10), collective)
            .State.Sum(state => 4L * state.Matrix.Count));

        told.ShouldBe(allocated.Max());
    }

    [Fact]
    public void The_rate_between_ranks_is_positive_and_a_wrong_sum_is_an_error()
    {
        var rates = ThreadTeam.Run(2, collective => LinkRate.Measure(collective, 1000, TimeProvider.System));

        rates.Distinct().Count().ShouldBe(1, "all ranks take the slowest");
        rates[0].BytesPerSecond.ShouldBePositive();
        rates[0].SecondsPerMessage.ShouldBePositive();
        Should.Throw<CommunicationException>(() => ThreadTeam.Run(2, collective => LinkRate.Measure(new CountingTeam(collective, wrong: true), 1000, TimeProvider.System)))
            .Message.ShouldContain("instead of 3");
    }

    private static GptScaling Of(int ranks) => GptScaling.Of(Shape, Plan, Routing, 8, ranks, Cluster);

    private static void Close(double value, double expected) =>
        (Math.Abs(value - expected) <= Rounding * Math.Max(1, Math.Abs(expected))).ShouldBeTrue($"{value}, {expected} expected");

    /// <summary>Counts what a rank of a ring would send; adds one to sums where it is to be <paramref name="wrong"/>.</summary>
    private sealed class CountingTeam(ICollective collective, bool wrong = false) : ICollective
    {
        public double Bytes { get; private set; }

        public int Rank => collective.Rank;

        public int Size => collective.Size;

        public void AllReduce<T>(Span<T> values)
            where T : unmanaged, System.Numerics.INumberBase<T> => collective.AllReduce(values);

        /// <summary>In a ring each rank sends every partition but one; over all ranks that is as much as if each kept its own.</summary>
        public void ReduceScatter<T>(ReadOnlySpan<T> values, ReadOnlySpan<int> counts, Span<T> own)
            where T : unmanaged, System.Numerics.INumberBase<T>
        {
            Bytes += (values.Length - counts[Rank]) * 4;
            collective.ReduceScatter(values, counts, own);
            if (wrong)
                own[0]++;
        }

        public void AllGather<T>(Span<T> values, ReadOnlySpan<int> counts)
            where T : unmanaged, System.Numerics.INumberBase<T>
        {
            Bytes += (values.Length - counts[Rank]) * 4;
            collective.AllGather(values, counts);
        }

        public void Broadcast<T>(Span<T> values, int from = 0)
            where T : unmanaged, System.Numerics.INumberBase<T> => collective.Broadcast(values, from);

        public void Await() => collective.Await();

        public Task Begin(Action work) => collective.Begin(work);

        public void Dispose()
        {
        }
    }
}
