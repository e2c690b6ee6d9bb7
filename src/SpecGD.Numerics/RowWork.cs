using System.Numerics;
using System.Numerics.Tensors;

namespace SpecGD.Numerics;

/// <summary>Work on rows that are independent of one another, divided evenly among the threads of the budget where there is enough of it.</summary>
public static class RowWork
{
    /// <summary>Below so many elements, starting threads costs more than they gain.</summary>
    private const long WorthDividing = 1 << 16;

    /// <summary>Calls <paramref name="body"/> for every row, in ascending order within each thread's share.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="width">Elements of a row, for the decision.</param>
    /// <param name="body">From a row's number, its work; touches nothing that another row's work writes.</param>
    public static void ForEach(int rows, int width, Action<int> body)
    {
        int shares = (long)rows * width < WorthDividing ? 1 : Math.Min(rows, ThreadBudget.Shares);
        if (shares <= 1)
            Share(0, rows, body);
        else
            Divided(rows, shares, body);
    }

    private static void Divided(int rows, int shares, Action<int> body) =>
        ThreadBudget.Divide(shares, share => Share((int)((long)rows * share / shares), (int)((long)rows * (share + 1) / shares), body));

    /// <summary>Σ a_ij b_ij, rows in the working precision, their sum in double.</summary>
    public static double Dot<T>(Matrix<T> a, Matrix<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        double sum = 0;
        for (int i = 0; i < a.Rows; i++)
            sum += double.CreateChecked(TensorPrimitives.Dot<T>(a.Row(i), b.Row(i)));
        return sum;
    }

    private static void Share(int start, int end, Action<int> body)
    {
        for (int row = start; row < end; row++)
            body(row);
    }
}
