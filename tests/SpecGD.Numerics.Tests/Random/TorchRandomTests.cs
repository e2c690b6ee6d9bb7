using SpecGD.Numerics.Random;

namespace SpecGD.Numerics.Tests.Random;

public class TorchRandomTests
{
    /// <summary>Uniform numbers are integer arithmetic and one exact product: every bit is PyTorch's.</summary>
    private const double SameBits = 0;

    /// <summary>log, cos and sin come from the platform, which may differ from PyTorch's by an ulp each: four of 2.2e-16.</summary>
    private const double PlatformFunctions = 9e-16;

    /// <summary>Far below what a figure shows, far above the tolerance: a comparison that lets it pass compares nothing.</summary>
    private const double Perturbation = 1e-13;

    [Fact]
    public void Uniform_doubles_are_those_of_torch_rand() =>
        RngGolden.Differences(new TorchRandom(RngGolden.Seed).Uniform(2, 5).AsSpan(), RngGolden.Vector("rand_10"), SameBits).ShouldBeEmpty();

    /// <summary>Single precision: some roundings of 6e-8, of numbers up to 6.</summary>
    private const double SingleRounding = 2e-6;

    [Theory]
    [InlineData(16)]
    [InlineData(39)]
    public void Normal_floats_are_Box_and_Muller_on_groups_of_sixteen_uniform_floats(int count)
    {
        double[] drawn = [.. new TorchRandom(RngGolden.Seed).NormalSingle(1, count).AsSpan().ToArray().Select(x => (double)x)];
        var uniform = new TorchRandom(RngGolden.Seed);
        var expected = new double[count];
        foreach (ref double x in expected.AsSpan())
            x = uniform.NextUniformSingle();
        for (int start = 0; start + 16 <= count; start += 16)
            Transform(expected.AsSpan(start, 16));
        if (count % 16 != 0)
        {
            foreach (ref double x in expected.AsSpan()[^16..])
                x = uniform.NextUniformSingle();
            Transform(expected.AsSpan()[^16..]);
        }
        for (int i = 0; i < count; i++)
            drawn[i].ShouldBe(expected[i], SingleRounding);
        drawn.ShouldAllBe(x => x == (float)x);

        static void Transform(Span<double> group)
        {
            for (int j = 0; j < 8; j++)
            {
                double radius = Math.Sqrt(-2 * Math.Log(1 - group[j])), angle = 2 * Math.PI * group[j + 8];
                (group[j], group[j + 8]) = (radius * Math.Cos(angle), radius * Math.Sin(angle));
            }
        }
    }

    [Fact]
    public void Fewer_normal_floats_than_sixteen_are_those_of_double_rounded()
    {
        var drawn = new TorchRandom(RngGolden.Seed).NormalSingle(1, 5).AsSpan().ToArray();
        drawn.ShouldBe([.. new TorchRandom(RngGolden.Seed).Normal(1, 5).AsSpan().ToArray().Select(x => (float)x)]);
    }

    [Fact]
    public void Linear_weights_of_floats_lie_within_the_bound_and_follow_the_uniform_floats()
    {
        var weight = new TorchRandom(RngGolden.Seed).LinearWeightSingle(2, 5).AsSpan().ToArray();
        double[] uniform = RngGolden.Vector("rand_float32_10");
        for (int i = 0; i < weight.Length; i++)
            ((double)weight[i]).ShouldBe((2 * uniform[i] - 1) / Math.Sqrt(5), SingleRounding);
    }

    [Fact]
    public void Uniform_floats_are_those_of_torch_rand()
    {
        var random = new TorchRandom(RngGolden.Seed);
        var drawn = new double[10];
        foreach (ref double x in drawn.AsSpan())
            x = random.NextUniformSingle();
        RngGolden.Differences(drawn, RngGolden.Vector("rand_float32_10"), SameBits).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(4, 4, "randn_16")]
    [InlineData(5, 10, "randn_50")]
    [InlineData(10, 10, "randn_100")]
    public void Normal_numbers_are_those_of_torch_randn(int rows, int columns, string name) =>
        RngGolden.Differences(new TorchRandom(RngGolden.Seed).Normal(rows, columns).AsSpan(), RngGolden.Vector(name), PlatformFunctions).ShouldBeEmpty();

    [Theory]
    [InlineData("randn_5_then_5", 1, 5, 1, 5)]
    [InlineData("randn_3x7_then_4x8", 3, 7, 4, 8)]
    public void Two_draws_after_one_another_are_those_of_torch_randn(string name, int rows, int columns, int thenRows, int thenColumns)
    {
        var random = new TorchRandom(RngGolden.Seed);
        RngGolden.Differences(random.Normal(rows, columns).AsSpan(), RngGolden.Vector(name, 0), PlatformFunctions).ShouldBeEmpty();
        RngGolden.Differences(random.Normal(thenRows, thenColumns).AsSpan(), RngGolden.Vector(name, 1), PlatformFunctions).ShouldBeEmpty();
    }

    [Fact]
    public void Linear_weights_are_those_of_torch_nn_Linear()
    {
        var weight = new TorchRandom(RngGolden.Seed).LinearWeight(outFeatures: 3, inFeatures: 7);
        weight.ToString().ShouldBe("3×7");
        RngGolden.Differences(weight.AsSpan(), RngGolden.Vector("linear_7_to_3"), SameBits).ShouldBeEmpty();
    }

    [Fact]
    public void A_seed_beyond_32_bits_counts_modulo_2_to_the_32()
    {
        const ulong seed = 123456789012;
        double[] golden = RngGolden.Vector("seed_123456789012_rand_3");
        RngGolden.Differences(new TorchRandom(seed).Uniform(1, 3).AsSpan(), golden, SameBits).ShouldBeEmpty();
        RngGolden.Differences(new TorchRandom(seed % (1UL << 32)).Uniform(1, 3).AsSpan(), golden, SameBits).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(16)]
    [InlineData(23)]
    public void A_fill_of_sixteen_or_more_neither_uses_nor_clears_the_cached_normal(int length)
    {
        double[] golden = RngGolden.Vector("randn_5_then_5", 0);
        var random = new TorchRandom(RngGolden.Seed);
        double cosine = random.Normal(1, 1)[0, 0];
        random.FillNormal(new double[length]);
        double sine = random.Normal(1, 1)[0, 0];
        RngGolden.Differences([cosine, sine], golden.AsSpan(0, 2), PlatformFunctions).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("randn_16")]
    [InlineData("randn_50")]
    [InlineData("randn_100")]
    public void A_perturbed_golden_vector_fails_the_comparison_at_the_perturbed_place(string name)
    {
        double[] golden = RngGolden.Vector(name);
        int middle = golden.Length / 2;
        golden[middle] *= 1 + Perturbation;
        RngGolden.Differences(new TorchRandom(RngGolden.Seed).Normal(1, golden.Length).AsSpan(), golden, PlatformFunctions).ShouldBe([middle]);
    }

    [Fact]
    public void A_golden_uniform_moved_by_one_bit_fails_the_comparison()
    {
        double[] golden = RngGolden.Vector("rand_10");
        golden[9] = double.BitIncrement(golden[9]);
        RngGolden.Differences(new TorchRandom(RngGolden.Seed).Uniform(1, 10).AsSpan(), golden, SameBits).ShouldBe([9]);
    }

    [Fact]
    public void Another_seed_gives_none_of_the_golden_numbers() =>
        RngGolden.Differences(new TorchRandom(RngGolden.Seed + 1).Normal(10, 10).AsSpan(), RngGolden.Vector("randn_100"), PlatformFunctions).Length.ShouldBe(100);

    [Fact]
    public void An_empty_draw_takes_nothing_from_the_stream()
    {
        var random = new TorchRandom(RngGolden.Seed);
        random.Normal(0, 5).IsEmpty.ShouldBeTrue();
        RngGolden.Differences(random.Uniform(1, 10).AsSpan(), RngGolden.Vector("rand_10"), SameBits).ShouldBeEmpty();
    }

    [Fact]
    public void Uniform_numbers_stay_in_the_half_open_unit_interval_and_fill_it()
    {
        const int draws = 20_000;
        // The mean of n uniforms is normal with deviation 1/√(12n); six of them leave one failure in a thousand million, and the seed is fixed.
        double sixDeviations = 6 / Math.Sqrt(12.0 * draws);
        double[] drawn = new TorchRandom(1).Uniform(1, draws).AsSpan().ToArray();
        drawn.ShouldAllBe(u => u >= 0 && u < 1);
        drawn.Average().ShouldBeWithin(sixDeviations, of: 0.5);
    }

    [Theory]
    [InlineData(1500, 768)] // more than one piece, divided over threads
    [InlineData(5, 40)]     // rows whose end is drawn again
    [InlineData(3, 7)]      // rows too short for groups
    public void Rows_of_normal_numbers_are_those_that_one_row_after_the_other_gives(int rows, int columns)
    {
        var together = new Matrix<float>(rows, columns);
        var one = new TorchRandom(11);
        one.FillNormalRows(together);

        var other = new TorchRandom(11);
        double[] row = new double[columns];
        for (int i = 0; i < rows; i++)
        {
            other.FillNormal(row);
            together.Row(i).ToArray().ShouldBe([.. row.Select(x => (float)x)], $"row {i}");
        }
        one.NextUniform().ShouldBe(other.NextUniform(), "both streams stand at one place");
    }
}
