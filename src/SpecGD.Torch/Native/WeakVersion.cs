using System.Buffers.Binary;

namespace SpecGD.Torch.Native;

/// <summary>What became of a file in which a version was to be made weak.</summary>
internal enum WeakeningResult
{
    /// <summary>The file does not ask for that version.</summary>
    NotNeeded,

    /// <summary>It asks for it, and the flag was set already.</summary>
    AlreadyWeak,

    /// <summary>The flag was set.</summary>
    Changed,
}

/// <summary>
/// Marks a version of symbols that a shared library asks for as weak (VER_FLG_WEAK), so that glibc loads it also where the other library lacks that
/// version. This is right only where nothing of that version is ever looked up, which is checked first.
/// </summary>
internal static class WeakVersion
{
    private const ushort WeakFlag = 2;

    /// <summary>Sets the flag in <paramref name="image"/>, in place.</summary>
    /// <param name="image">A whole ELF file.</param>
    /// <param name="name">What error messages call it.</param>
    /// <param name="library">Which library the version is asked of.</param>
    /// <param name="version">The version.</param>
    /// <exception cref="BadInputException">The file is no ELF file, is damaged, or has a relocation to a symbol of that version.</exception>
    public static WeakeningResult Set(byte[] image, string name, string library, string version)
    {
        var elf = new ElfImage(image, name);
        ElfImage.VersionNeed[] needs = [.. elf.VersionNeeded().Where(need => need.Library == library && need.Version == version)];
        if (needs.Length == 0)
            return WeakeningResult.NotNeeded;
        bool changed = false;
        foreach (var need in needs)
        {
            if (elf.RelocatedSymbolsOfVersion(need.Index) is [var symbol, ..])
                throw new BadInputException($"{name} uses the symbol {symbol} of {version}, which {library} lacks here; it cannot be loaded on this system.");
            changed |= (need.Flags & WeakFlag) == 0;
            BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(need.FlagsAt), (ushort)(need.Flags | WeakFlag));
        }
        return changed ? WeakeningResult.Changed : WeakeningResult.AlreadyWeak;
    }
}
