namespace SpecGD.Records;

/// <summary>What the elements of a tensor in a safetensors file are, under the format's own names.</summary>
public enum SafetensorsElement
{
    /// <summary>One byte, zero or one.</summary>
    BOOL,

    /// <summary>Unsigned, 8 bits.</summary>
    U8,

    /// <summary>Signed, 8 bits.</summary>
    I8,

    /// <summary>Floating point, 8 bits, five of them the exponent.</summary>
    F8_E5M2,

    /// <summary>Floating point, 8 bits, four of them the exponent.</summary>
    F8_E4M3,

    /// <summary>Signed, 16 bits.</summary>
    I16,

    /// <summary>Unsigned, 16 bits.</summary>
    U16,

    /// <summary>Floating point, 16 bits (IEEE 754 half).</summary>
    F16,

    /// <summary>Floating point, 16 bits: the upper half of a float.</summary>
    BF16,

    /// <summary>Signed, 32 bits.</summary>
    I32,

    /// <summary>Unsigned, 32 bits.</summary>
    U32,

    /// <summary>Floating point, 32 bits.</summary>
    F32,

    /// <summary>Signed, 64 bits.</summary>
    I64,

    /// <summary>Unsigned, 64 bits.</summary>
    U64,

    /// <summary>Floating point, 64 bits.</summary>
    F64,
}

/// <summary>Sizes of elements.</summary>
public static class SafetensorsElements
{
    /// <summary>Bytes of one element.</summary>
    public static int Width(this SafetensorsElement element) => element switch
    {
        < SafetensorsElement.I16 => 1,
        < SafetensorsElement.I32 => 2,
        < SafetensorsElement.I64 => 4,
        _ => 8,
    };
}

/// <summary>One tensor of a safetensors file: what it is and where it lies.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Element">What its elements are.</param>
/// <param name="Shape">Its sizes, outermost first; none for a scalar.</param>
/// <param name="Begin">First byte, counted from the start of the buffer.</param>
/// <param name="End">The byte after its last.</param>
public sealed record SafetensorsEntry(string Name, SafetensorsElement Element, IReadOnlyList<long> Shape, long Begin, long End)
{
    /// <summary>Number of elements.</summary>
    public long Count => (End - Begin) / Element.Width();

    /// <summary>Shape for messages: "[4, 32, 32]".</summary>
    public string ShapeText => $"[{string.Join(", ", Shape)}]";
}
