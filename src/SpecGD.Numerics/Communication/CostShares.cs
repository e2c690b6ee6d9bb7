namespace SpecGD.Numerics.Communication;

/// <summary>Works dealt to ranks so that the busiest has as little as can be had simply: the costliest first, each to whoever has least.</summary>
public static class CostShares
{
    /// <summary>The rank that does each work, the same on whatever rank it is computed.</summary>
    /// <param name="costs">Of each work, in any unit.</param>
    /// <param name="ranks">How many there are.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are no ranks.</exception>
    public static int[] Deal(IReadOnlyList<double> costs, int ranks)
    {
        ArgumentNullException.ThrowIfNull(costs);
        ArgumentOutOfRangeException.ThrowIfLessThan(ranks, 1);
        int[] owners = new int[costs.Count];
        double[] loads = new double[ranks];
        foreach (int work in Enumerable.Range(0, costs.Count).OrderByDescending(i => costs[i]).ThenBy(i => i))
        {
            int least = Array.IndexOf(loads, loads.Min());
            owners[work] = least;
            loads[least] += costs[work];
        }
        return owners;
    }
}
