using SpecGD.Models;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Numerics.Random;

namespace SpecGD.Tests.Models;

public class LeastSquaresModelTests
{
    /// <summary>Central differences with h = 1e-6 of a quadratic: only rounding, some ε·L/h, is left.</summary>
    private const double FiniteDifference = 1e-8;

    /// <summary>The loss of the small form against that of the residual: the rounding of sums of some hundred terms.</summary>
    private const double Rounding = 1e-12;

    [Fact]
    public void The_loss_is_that_of_the_residual()
    {
        var (problem, features, weight) = Problem();
        var residual = Linear.Product(weight, features);
        residual.AddScaled(-1, Linear.Product(problem.Target, features));
        double expected = residual.SumOfSquares() / (2 * features.Columns);

        new LeastSquaresModel(problem, weight).Evaluate().ShouldBe(expected, Rounding * expected);
    }

    /// <summary>⟨E, EB⟩ of an E in the null space of B is a sum of rounding errors of either sign: some are below zero without the mend.</summary>
    [Fact]
    public void A_loss_that_is_rounding_alone_is_zero_and_a_small_one_is_not()
    {
        var features = new TorchRandom(5).Normal(10, 2);
        var seen = new Matrix<double>(10, 2); // orthonormal: the directions that the features see
        Linear.SingularValueDecomposition(features, seen, new double[2], new Matrix<double>(2, 2));
        var target = new TorchRandom(6).Normal(10, 10);
        var problem = new LeastSquaresProblem(features, target);
        var random = new TorchRandom(7);
        for (int trial = 0; trial < 50; trial++)
        {
            var unseen = random.Normal(10, 10);
            unseen.AddScaled(-1, Linear.Product(Linear.Product(unseen, seen), seen.Transposed()));
            unseen.AddScaled(1, target);
            new LeastSquaresModel(problem, unseen).Evaluate().ShouldBe(0);
        }
        var near = target.Clone();
        near[0, 0] += 1e-12;
        new LeastSquaresModel(problem, near).Evaluate().ShouldBeGreaterThan(0, "it is small, and exact");
    }

    [Fact]
    public void The_gradient_is_that_of_finite_differences()
    {
        var (problem, _, weight) = Problem();
        var model = new LeastSquaresModel(problem, weight);
        model.Evaluate();
        var gradient = model.Blocks[0].Gradient.Clone();

        const double h = 1e-6;
        for (int i = 0; i < weight.Rows; i++)
        {
            for (int j = 0; j < weight.Columns; j++)
            {
                double difference = (LossAt(problem, weight, i, j, +h) - LossAt(problem, weight, i, j, -h)) / (2 * h);
                gradient[i, j].ShouldBe(difference, FiniteDifference);
            }
        }
    }

    [Fact]
    public void Activations_are_measured_on_the_features()
    {
        var (problem, features, _) = Problem();
        double top = Linear.SingularValues(features)[0];

        problem.Activation.OperatorNorm.ShouldBe(top, Rounding * top);
        problem.Activation.StableRank.ShouldBe(features.SumOfSquares() / (top * top), Rounding * 10);
        problem.Activation.Samples.ShouldBe(features.Columns);
    }

    [Fact]
    public void Evaluating_again_after_a_step_forgets_the_old_measures()
    {
        var (problem, _, weight) = Problem();
        var model = new LeastSquaresModel(problem, weight);
        model.Evaluate();
        var block = model.Blocks[0];
        double norm = block.GradientNorm, nuclear = block.GradientNuclearNorm;
        block.Weight.AddScaled(-1, block.GradientPolar);

        model.Evaluate();

        block.GradientNorm.ShouldNotBe(norm);
        block.GradientNuclearNorm.ShouldNotBe(nuclear);
        MatrixArithmetic.Dot(block.GradientPolar, block.Gradient).ShouldBe(block.GradientNuclearNorm, Rounding * 100);
    }

    private static double LossAt(LeastSquaresProblem problem, Matrix<double> weight, int i, int j, double change)
    {
        var moved = weight.Clone();
        moved[i, j] += change;
        return new LeastSquaresModel(problem, moved).Evaluate();
    }

    private static (LeastSquaresProblem Problem, Matrix<double> Features, Matrix<double> Weight) Problem()
    {
        var random = new TorchRandom(11);
        var features = random.Normal(5, 30);
        return (new LeastSquaresProblem(features, random.Normal(4, 5)), features, random.Normal(4, 5));
    }
}
