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
