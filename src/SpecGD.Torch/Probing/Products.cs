using TorchSharp;
using static TorchSharp.torch;

namespace SpecGD.Torch;

/// <summary>Products in the precision of their factors, also where the program lets float32 products be rounded to TF32.</summary>
internal static class Products
{
    /// <summary>rowsᵀ rows; the program's choice for its own products stands again afterwards.</summary>
    /// <param name="rows">(number, features).</param>
    public static Tensor Gram(Tensor rows)
    {
        if (rows.device_type != DeviceType.CUDA || !backends.cuda.matmul.allow_tf32)
            return rows.mT.matmul(rows);
        backends.cuda.matmul.allow_tf32 = false;
        try
        {
            return rows.mT.matmul(rows);
        }
        finally
        {
            backends.cuda.matmul.allow_tf32 = true;
        }
    }

    /// <summary>
    /// Singular values, descending, on the device. Those of a gradient in float32 or less come from its smaller Gram matrix in float64, which resolves
    /// them to 1e-8 of the largest, beyond their own digits; those of one in float64 from a decomposition.
    /// </summary>
    /// <param name="matrix">(rows, columns).</param>
    public static double[] SingularValues(Tensor matrix)
    {
        using var scope = NewDisposeScope();
        var wide = matrix.to(ScalarType.Float64);
        if (!wide.isfinite().all().item<bool>())
            return [double.NaN];
        var values = matrix.dtype == ScalarType.Float64
            ? linalg.svdvals(wide)
            : linalg.eigvalsh(wide.shape[0] <= wide.shape[1] ? wide.matmul(wide.mT) : wide.mT.matmul(wide)).AtLeast(0).sqrt().flip(0);
        return values.cpu().data<double>().ToArray();
    }
}
