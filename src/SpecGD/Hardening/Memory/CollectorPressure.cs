namespace SpecGD.Hardening.Memory;

/// <summary>
/// A thread that collects garbage without pause and writes NaN over what was freed: an address into memory that nothing holds any more then leads to
/// NaN, or to a page that is gone.
/// </summary>
internal sealed class CollectorPressure : IDisposable
{
    /// <summary>Sizes in elements of the arrays that take the place of freed ones, as large as those of the matrices of <see cref="MemoryCase"/>.</summary>
    private static readonly int[] Sizes = [1 << 14, 1 << 16, 1 << 18, 1 << 19, 1 << 20];

    private readonly Thread _thread;
    private volatile bool _ended;

    /// <summary>Begins at once.</summary>
    public CollectorPressure()
    {
        _thread = new Thread(Press) { IsBackground = true, Name = "collector pressure" };
        _thread.Start();
    }

    /// <summary>Collections so far.</summary>
    public long Collections { get; private set; }

    /// <summary>Ends the thread.</summary>
    public void Dispose()
    {
        _ended = true;
        _thread.Join();
    }

    private void Press()
    {
        var held = new double[Sizes.Length][];
        while (!_ended)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true); // pinned arrays are collected with the oldest generation alone
            Collections++;
            for (int i = 0; i < Sizes.Length; i++)
            {
                held[i] = GC.AllocateUninitializedArray<double>(Sizes[i], pinned: true);
                held[i].AsSpan().Fill(double.NaN); // as two floats it is NaN and 0, which is wrong enough
            }
        }
    }
}
