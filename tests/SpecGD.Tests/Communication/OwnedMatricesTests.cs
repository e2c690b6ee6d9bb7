using SpecGD.Numerics;
using SpecGD.Numerics.Communication;
using SpecGD.Numerics.Random;

namespace SpecGD.Tests.Communication;

public class OwnedMatricesTests
{
    private static readonly (int Rows, int Columns)[] Shapes = [(3, 5), (1, 1), (7, 4), (2, 30), (1, 17), (6, 6)];

    public static TheoryData<int, int> Cases
    {
        get
        {
            var cases = new TheoryData<int, int>();
            foreach (int ranks in new[] { 1, 2, 3, 5 })
                foreach (int message in new[] { 1, 7, 50, 100_000 })
                    cases.Add(ranks, message);
            return cases;
        }
    }

    /// <summary>Whole numbers, whose sums are exact in any order.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void Sums_arrive_at_the_owner_alone_and_spread_from_there(int ranks, int message)
    {
        int[] owners = Owners(ranks);
        ThreadTeam.Run(ranks, collective =>
        {
            var mine = Matrices(collective.Rank);
            var plan = new OwnedMatrices<double>(collective, owners, [.. mine.Select(m => (long)m.Count)], message);

            plan.SumToOwners(mine);

            for (int i = 0; i < mine.Length; i++)
                Elements(mine[i]).ShouldBe(owners[i] == collective.Rank ? Sum(i, ranks) : Elements(Matrices(collective.Rank)[i]), $"matrix {i} on rank {collective.Rank}");
            plan.SpreadFromOwners(mine);
            for (int i = 0; i < mine.Length; i++)
                Elements(mine[i]).ShouldBe(Sum(i, ranks));
            return plan.Messages;
        }).Distinct().Count().ShouldBe(1, "all ranks send as many messages");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(100_000)]
    public void A_message_waits_for_the_matrices_that_it_has_parts_of(int message)
    {
        const int ranks = 3;
        int[] owners = Owners(ranks);
        ThreadTeam.Run(ranks, collective =>
        {
            var mine = Matrices(collective.Rank);
            var summation = new OwnedMatrices<double>(collective, owners, [.. mine.Select(m => (long)m.Count)], message).BeginSum(mine);
            for (int i = mine.Length - 1; i > 0; i--)
                summation.Ready(i);
            mine[0].Scale(2); // not told of yet, so it may still change
            summation.Complete();
            for (int i = 0; i < mine.Length; i++)
                if (owners[i] == collective.Rank)
                    Elements(mine[i]).ShouldBe(i == 0 ? [.. Sum(0, ranks).Select(x => 2 * x)] : Sum(i, ranks));
            return true;
        });
    }

    [Fact]
    public void Other_matrices_than_planned_are_refused()
    {
        var plan = new OwnedMatrices<double>(SingleProcess.Instance, [0], [6]);

        Should.Throw<ArgumentException>(() => plan.SumToOwners([new Matrix<double>(2, 2)])).Message.ShouldContain("planned for");
    }

    /// <summary>Each message has the same share of every rank's matrices, to an element: no rank waits for another's long tape at the end.</summary>
    [Fact]
    public void Works_are_dealt_evenly_and_everywhere_alike()
    {
        var random = new TorchRandom(3);
        double[] costs = [.. Enumerable.Range(0, 68).Select(_ => 1 + (9 * random.NextUniform()))];
        foreach (int ranks in new[] { 1, 2, 8, 64 })
        {
            int[] owners = CostShares.Deal(costs, ranks);
            double[] loads = [.. Enumerable.Range(0, ranks).Select(rank => costs.Where((_, i) => owners[i] == rank).Sum())];
            (loads.Max() <= (costs.Sum() / ranks) + costs.Max()).ShouldBeTrue($"{ranks} ranks: {loads.Max()}"); // Graham's bound for list scheduling
            CostShares.Deal(costs, ranks).ShouldBe(owners);
        }
    }

    [Fact]
    public void Stretches_must_fill_the_buffer_and_be_one_a_rank()
    {
        var one = SingleProcess.Instance;
        Should.Throw<ArgumentException>(() => one.AllGather(new double[3].AsSpan(), [1, 2])).Message.ShouldContain("2 partitions for 1 ranks");
        Should.Throw<ArgumentException>(() => one.AllGather(new double[3].AsSpan(), [2])).Message.ShouldContain("do not fill a buffer of 3");
        Should.Throw<ArgumentException>(() => one.ReduceScatter<double>(new double[3], [3], new double[2])).Message.ShouldContain("2 elements were made ready");
        BufferPartition.Begins([3, 0, 2]).ShouldBe([0, 3, 3]);
    }

    private static int[] Owners(int ranks) => [.. Shapes.Select((_, i) => i * 7 % 4 % ranks)]; // ranks from 4 on own nothing

    private static Matrix<double>[] Matrices(int rank) => [.. Shapes.Select((shape, i) =>
    {
        var matrix = new Matrix<double>(shape.Rows, shape.Columns);
        for (int j = 0; j < matrix.Count; j++)
            matrix.AsSpan()[j] = (100 * i) + j + (1000 * (rank + 1) * (rank + 1));
        return matrix;
    })];

    private static double[] Elements(Matrix<double> matrix) => matrix.AsSpan().ToArray();

    private static double[] Sum(int matrix, int ranks) =>
        [.. Enumerable.Range(0, Shapes[matrix].Rows * Shapes[matrix].Columns).Select(j =>
            Enumerable.Range(0, ranks).Sum(rank => (100.0 * matrix) + j + (1000 * (rank + 1) * (rank + 1))))];
}
