using System.Globalization;

namespace SpecGD.Sweeps.Engines;

/// <summary>Amounts of memory as people write them: 800M, 4G, 1.5G. K, M, G and T are powers of 1024, as for Slurm.</summary>
public static class MemorySize
{
    /// <summary>Less than this no run can do with: the runtime itself needs most of it.</summary>
    public const long Least = 64L << 20;

    private const string Units = "KMGT";

    /// <summary>The bytes that <paramref name="text"/> stands for.</summary>
    /// <exception cref="BadInputException">It is no amount of memory, or one that no run can do with.</exception>
    public static long Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string trimmed = text.Trim().ToUpperInvariant().TrimEnd('B');
        int unit = trimmed.Length > 0 ? Units.IndexOf(trimmed[^1], StringComparison.Ordinal) : -1;
        string digits = trimmed[..^(unit >= 0 ? 1 : 0)];
        bool isNumber = double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number);
        double bytes = number * Math.Pow(1024, unit + 1);
        return isNumber && unit >= 0 && bytes >= Least && bytes < long.MaxValue / 2
            ? (long)bytes
            : throw new BadInputException($"--memory-limit takes an amount of memory from {Text(Least)} on, such as 800M or 4G; '{text}' is not.");
    }

    /// <summary>The amount in the largest unit that leaves a number from 1 on.</summary>
    public static string Text(long bytes)
    {
        double number = bytes;
        int unit = -1;
        for (; number >= 1024 && unit < Units.Length - 1; unit++)
            number /= 1024;
        return number.ToString("0.#", CultureInfo.InvariantCulture) + (unit < 0 ? "" : Units[unit].ToString());
    }

    /// <summary>The amount in whole megabytes, rounded up, as Slurm takes it.</summary>
    public static string Megabytes(long bytes) => ((bytes + (1 << 20) - 1) >> 20).ToString(CultureInfo.InvariantCulture) + "M";
}
