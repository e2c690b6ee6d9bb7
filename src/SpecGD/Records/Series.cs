namespace SpecGD.Records;

/// <summary>One quantity along a trajectory: the value at each recorded step, steps ascending.</summary>
public sealed class Series
{
    private readonly List<int> _steps = [];
    private readonly List<double> _values = [];

    /// <summary>The steps, counted from 0.</summary>
    public IReadOnlyList<int> Steps => _steps;

    /// <summary>
    /// The values, measured at the iterate before the update of the same position in <see cref="Steps"/>; NaN where a log has null.
    /// </summary>
    public IReadOnlyList<double> Values => _values;

    /// <summary>Number of records.</summary>
    public int Count => _steps.Count;

    /// <summary>Appends a record.</summary>
    public void Add(int step, double value)
    {
        _steps.Add(step);
        _values.Add(value);
    }

    /// <summary>Step and value of the first maximum; null for a series without a number.</summary>
    /// <param name="where">Which places count; all where null.</param>
    public (int Step, double Value)? Peak(Func<int, bool>? where = null)
    {
        (int, double)? peak = null;
        double largest = double.NegativeInfinity;
        for (int i = 0; i < Count; i++)
        {
            if (_values[i] > largest && (where is null || where(i)))
            {
                largest = _values[i];
                peak = (_steps[i], largest);
            }
        }
        return peak;
    }
}
