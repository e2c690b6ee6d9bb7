namespace SpecGD;

/// <summary>Values that are given twice in a list: they would be run, shown and counted in means twice.</summary>
internal static class Repetition
{
    /// <summary>Throws where a value comes more than once.</summary>
    /// <typeparam name="T">Type of a value; two that are equal are the same, however they were written.</typeparam>
    /// <param name="values">The values.</param>
    /// <param name="place">What lists them, as a message names it.</param>
    /// <param name="show">A value as a message shows it.</param>
    /// <exception cref="BadInputException">One comes more than once.</exception>
    public static void Refuse<T>(IReadOnlyList<T> values, string place, Func<T, string> show)
    {
        var seen = new HashSet<T>();
        foreach (var value in values)
            if (!seen.Add(value))
                throw new BadInputException($"{place} lists {show(value)} twice; give every value once.");
    }
}
