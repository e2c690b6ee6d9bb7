using SpecGD.Data;
using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Optimizers;
using SpecGD.Spectral;

namespace SpecGD.Tests.Training;

public class OptimizerTests
{
    /// <summary>Two orders of the same few products.</summary>
    private const double Rounding = 1e-12;

    [Fact]
    public void Gradient_descent_takes_the_natural_step_along_the_gradient()
    {
        var block = Evaluated(out var problem);
        var expected = block.Weight.Clone();
        double norm = problem.Activation.OperatorNorm;
        expected.AddScaled(-problem.Activation.Samples / (norm * norm), block.Gradient);

        Step(new SteepestDescent(Geometry.Euclidean, StepSize.Natural()), block);

        (Difference(block.Weight, expected) < Rounding).ShouldBeTrue();
    }

    [Fact]
    public void Specgd_takes_the_natural_step_along_the_polar_factor_times_the_nuclear_norm()
    {
        var block = Evaluated(out var problem);
        var polar = new Matrix<double>(block.Weight.Rows, block.Weight.Columns);
        double nuclear = Polar.DecomposeExact(block.Gradient, polar).NuclearNorm;
        var expected = block.Weight.Clone();
        double norm = problem.Activation.FrobeniusNorm;
        expected.AddScaled(-nuclear * problem.Activation.Samples / (norm * norm), polar);

        Step(new SteepestDescent(Geometry.Spectral, StepSize.Natural()), block);

        (Difference(block.Weight, expected) < Rounding).ShouldBeTrue();
    }

    [Fact]
    public void Proposing_changes_no_weight()
    {
        var block = Evaluated(out _);
        var before = block.Weight.Clone();

        new SteepestDescent(Geometry.Spectral, StepSize.Natural()).Propose([block]);

        Difference(block.Weight, before).ShouldBe(0);
    }

    [Fact]
    public void Each_block_may_have_a_geometry_of_its_own()
    {
        var block = Evaluated(out _);
        var twin = Evaluated(out _);
        var other = Evaluated(out _);
        var method = new SteepestDescent(b => ReferenceEquals(b, block) ? Geometry.Spectral : Geometry.Euclidean, StepSize.Natural(0.5));
        method.Propose([block, twin]);
        method.Apply([block, twin]);
        Step(new SteepestDescent(Geometry.Euclidean, StepSize.Natural(0.5)), other);

        Difference(twin.Weight, other.Weight).ShouldBe(0);
        (Difference(block.Weight, twin.Weight) > 1e-3).ShouldBeTrue();
    }

    private static void Step(SteepestDescent method, WeightBlock block)
    {
        method.Propose([block]);
        method.Apply([block]);
    }

    private static WeightBlock Evaluated(out LeastSquaresProblem problem)
    {
        var random = new TorchRandom(4);
        var features = RandomFeatures.Draw(random, 6, 4, 25, Activation.Named("relu"));
        problem = new LeastSquaresProblem(features, random.Normal(6, 6));
        var model = new LeastSquaresModel(problem, random.Normal(6, 6));
        model.Evaluate();
        return model.Blocks[0];
    }

    private static double Difference(Matrix<double> a, Matrix<double> b)
    {
        var difference = a.Clone();
        difference.AddScaled(-1, b);
        return difference.LargestMagnitude();
    }
}
