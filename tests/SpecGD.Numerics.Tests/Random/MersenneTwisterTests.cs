using SpecGD.Numerics.Random;

namespace SpecGD.Numerics.Tests.Random;

public class MersenneTwisterTests
{
    /// <summary>The seed for which the C++ standard (rand.predef) and the authors' reference print their outputs.</summary>
    private const uint ReferenceSeed = 5489;

    [Fact]
    public void The_first_outputs_are_those_of_the_reference()
    {
        var bits = new MersenneTwister(ReferenceSeed);
        uint[] drawn = [bits.NextUInt32(), bits.NextUInt32(), bits.NextUInt32(), bits.NextUInt32(), bits.NextUInt32()];
        drawn.ShouldBe([3499211612u, 581869302u, 3890346734u, 3586334585u, 545404204u]);
    }

    [Fact]
    public void The_ten_thousandth_output_is_the_one_the_standard_demands()
    {
        var bits = new MersenneTwister(ReferenceSeed);
        for (int i = 1; i < 10_000; i++)
            bits.NextUInt32();
        bits.NextUInt32().ShouldBe(4123659995u);
    }

    [Fact]
    public void Sixty_four_bits_are_two_outputs_the_first_one_high()
    {
        new MersenneTwister(ReferenceSeed).NextUInt64().ShouldBe((3499211612UL << 32) | 581869302UL);
    }

    [Fact]
    public void Neighbouring_seeds_give_other_streams()
    {
        new MersenneTwister(ReferenceSeed + 1).NextUInt32().ShouldNotBe(3499211612u);
    }
}
