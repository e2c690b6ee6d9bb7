namespace SpecGD.Torch;

/// <summary>What was done about the memory of large tensors when libtorch was loaded.</summary>
public enum MemorySettings
{
    /// <summary>glibc keeps freed blocks for the next tensor: memory stays at the peak, pages are faulted in once.</summary>
    Kept,

    /// <summary>The environment has settings of glibc's own, or SPECGD_MALLOC=system; they stand.</summary>
    AsTheUserSaid,

    /// <summary>Another system than Linux with glibc, where nothing is changed.</summary>
    OtherSystem,
}
