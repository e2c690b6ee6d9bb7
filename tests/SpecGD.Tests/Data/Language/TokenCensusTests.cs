using SpecGD.Data.Language.Tokens;
using SpecGD.Numerics;
using SpecGD.Spectral;

namespace SpecGD.Tests.Data.Language;

public class TokenCensusTests
{
    /// <summary>An SVD of a small matrix of zeros and ones is exact to a few ε.</summary>
    private const double SvdRounding = 1e-12;

    [Fact]
    public void One_over_the_largest_share_is_the_stable_rank_of_the_indicator_matrix()
    {
        ushort[] tokens = [3, 1, 3, 0, 2, 3, 1, 3, 4];
        var indicator = new Matrix<double>(6, tokens.Length);
        for (int position = 0; position < tokens.Length; position++)
            indicator[tokens[position], position] = 1;
        var census = new TokenCensus();
        census.Add(tokens);

        census.StableRank.ShouldBe(9.0 / 4);
        (Math.Abs(ExactMeasures.StableRank(indicator)!.Value - census.StableRank) <= SvdRounding).ShouldBeTrue();
        (census.Total, census.Distinct, census.Largest, census[3], census[5]).ShouldBe((9L, 5, 4, 4L, 0L));
        census.MostCommon(3).ShouldBe([((ushort)3, 4L), ((ushort)1, 2L), ((ushort)0, 1L)]);
    }

    [Fact]
    public void Entropy_of_equal_shares_is_their_number_s_logarithm()
    {
        var census = new TokenCensus();
        census.Add([5, 6, 7, 8]);

        (Math.Abs(census.Entropy - Math.Log(4)) <= SvdRounding).ShouldBeTrue();
        var other = new TokenCensus();
        other.Add(new MemoryShard("m", new ushort[] { 5, 5, 5, 5 }));
        other.Add(census);
        (other.Total, other[5], other.StableRank).ShouldBe((8L, 5L, 8.0 / 5));
        double.IsNaN(new TokenCensus().StableRank).ShouldBeTrue("of nothing");
    }
}
