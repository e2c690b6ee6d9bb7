using System.Buffers.Binary;
using System.Text;

namespace SpecGD.Torch.Native;

/// <summary>
/// A shared object in memory, as the ELF specification (64 bits, little-endian) lays it out: its sections, symbols, relocations and the versions of
/// symbols that it asks other libraries for. Every offset is checked before it is followed.
/// </summary>
internal sealed class ElfImage
{
    private const uint StringTable = 3, Relocations = 4, DynamicSymbols = 11, VersionNeeds = 0x6ffffffe, VersionIndices = 0x6fffffff;
    private const int HeaderSize = 64, SectionSize = 64, SymbolSize = 24, RelocationSize = 24, NeedSize = 16, AuxiliarySize = 16;
    private const ushort IndexMask = 0x7fff, MostSections = 10_000;

    private readonly byte[] _bytes;
    private readonly string _name;
    private readonly Section[] _sections;

    /// <summary>Reads the header and the table of sections.</summary>
    /// <param name="bytes">The whole file; <see cref="VersionNeed"/> points into it.</param>
    /// <param name="name">What error messages call it.</param>
    /// <exception cref="BadInputException">It is no such file, or not whole.</exception>
    public ElfImage(byte[] bytes, string name)
    {
        (_bytes, _name) = (bytes, name);
        if (bytes.Length < HeaderSize || !bytes.AsSpan(0, 4).SequenceEqual("\u007fELF"u8))
            throw new BadInputException($"{name} is no ELF file; a shared library of Linux was expected.");
        if (bytes[4] != 2 || bytes[5] != 1)
            throw new BadInputException($"{name} is an ELF file of another word size or byte order; 64 bits, little-endian, were expected.");
        ulong table = Word64(40);
        int size = Word16(58), count = Word16(60);
        if (size != SectionSize || count is 0 or > MostSections)
            throw Damaged($"its table of sections has {count} entries of {size} bytes");
        _sections = new Section[count];
        for (int i = 0; i < count; i++)
        {
            int at = Place(table, (ulong)(i * SectionSize), SectionSize, "the table of sections");
            _sections[i] = new Section(Word32(at + 4), Word64(at + 24), Word64(at + 32), Word32(at + 40));
        }
    }

    /// <summary>A version that is asked of another library.</summary>
    /// <param name="Library">The library: libstdc++.so.6.</param>
    /// <param name="Version">The version: GLIBCXX_3.4.32.</param>
    /// <param name="Index">Its number in the table of the symbols' versions.</param>
    /// <param name="Flags">vna_flags.</param>
    /// <param name="FlagsAt">Where in the file these two bytes stand.</param>
    public readonly record struct VersionNeed(string Library, string Version, ushort Index, ushort Flags, int FlagsAt);

    /// <summary>Every version that is asked for; none where the file has no such section.</summary>
    /// <exception cref="BadInputException">The section contradicts itself.</exception>
    public IReadOnlyList<VersionNeed> VersionNeeded()
    {
        var found = new List<VersionNeed>();
        foreach (var section in _sections.Where(s => s.Type == VersionNeeds))
            Read(section, found);
        return found;
    }

    /// <summary>Names of the dynamic symbols that have the version of number <paramref name="index"/>.</summary>
    /// <exception cref="BadInputException">A section contradicts itself.</exception>
    public IReadOnlyList<string> SymbolsOfVersion(ushort index) => [.. IndicesOfVersion(index).Select(SymbolName)];

    /// <summary>Names of the dynamic symbols of that version to which a relocation refers, so that the loader looks for them.</summary>
    /// <exception cref="BadInputException">A section contradicts itself.</exception>
    public IReadOnlyList<string> RelocatedSymbolsOfVersion(ushort index)
    {
        HashSet<int> symbols = [.. IndicesOfVersion(index)];
        var referred = new SortedSet<int>();
        foreach (var section in _sections.Where(s => s.Type == Relocations))
        {
            for (ulong at = 0; at + RelocationSize <= section.Size; at += RelocationSize)
            {
                int symbol = (int)(Word64(Place(section.Offset, at, RelocationSize, "a table of relocations") + 8) >> 32);
                if (symbols.Contains(symbol))
                    referred.Add(symbol);
            }
        }
        return [.. referred.Select(SymbolName)];
    }

    private void Read(Section section, List<VersionNeed> found)
    {
        var names = Linked(section, StringTable);
        ulong at = 0;
        while (true)
        {
            int need = Within(section, at, NeedSize);
            if (Word16(need) != 1)
                throw Damaged($"a needed version has the form {Word16(need)}, 1 was expected");
            string library = Text(names, Word32(need + 4));
            ulong auxiliary = at + Word32(need + 8);
            for (int i = 0; i < Word16(need + 2); i++)
            {
                int place = Within(section, auxiliary, AuxiliarySize);
                found.Add(new VersionNeed(library, Text(names, Word32(place + 8)), Word16(place + 6), Word16(place + 4), place + 4));
                uint step = Word32(place + 12);
                if (step == 0 && i + 1 < Word16(need + 2))
                    throw Damaged("the list of needed versions ends early");
                auxiliary += step;
            }
            uint next = Word32(need + 12);
            if (next == 0)
                return;
            if (next < NeedSize) // offsets only grow, so the walk ends
                throw Damaged("the list of needed libraries runs into itself");
            at += next;
        }
    }

    private IEnumerable<int> IndicesOfVersion(ushort index)
    {
        var versions = Only(VersionIndices);
        int count = (int)Math.Min(versions.Size / sizeof(ushort), Only(DynamicSymbols).Size / SymbolSize);
        for (int i = 0; i < count; i++)
            if ((Word16(Within(versions, (ulong)i * sizeof(ushort), sizeof(ushort))) & IndexMask) == index)
                yield return i;
    }

    private string SymbolName(int index)
    {
        var symbols = Only(DynamicSymbols);
        return Text(Linked(symbols, StringTable), Word32(Within(symbols, (ulong)index * SymbolSize, SymbolSize)));
    }

    private Section Only(uint type)
    {
        Section[] found = [.. _sections.Where(s => s.Type == type)];
        return found.Length == 1 ? found[0] : throw Damaged($"it has {found.Length} sections of the type {type:x}, one was expected");
    }

    private Section Linked(Section section, uint type) =>
        section.Link < (uint)_sections.Length && _sections[section.Link] is var linked && linked.Type == type
            ? linked
            : throw Damaged($"a section refers to section {section.Link}, which is not of the type {type:x}");

    private string Text(Section strings, uint at)
    {
        int begin = Within(strings, at, 1);
        int end = begin, last = (int)(strings.Offset + strings.Size);
        while (end < last && _bytes[end] != 0)
            end++;
        return end < last ? Encoding.ASCII.GetString(_bytes, begin, end - begin) : throw Damaged("a name does not end");
    }

    private int Within(Section section, ulong at, ulong size) => at <= section.Size && size <= section.Size - at
        ? Place(section.Offset, at, size, "a section")
        : throw Damaged("an entry lies beyond its section");

    private int Place(ulong offset, ulong at, ulong size, string what)
    {
        ulong length = (ulong)_bytes.Length;
        return offset <= length && at <= length - offset && size <= length - offset - at
            ? (int)(offset + at)
            : throw Damaged($"{what} reaches beyond its {length} bytes");
    }

    private BadInputException Damaged(string why) => new($"{_name} is a damaged or cut ELF file: {why}.");

    private ushort Word16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(at));

    private uint Word32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(at));

    private ulong Word64(int at) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(at));

    private readonly record struct Section(uint Type, ulong Offset, ulong Size, uint Link);
}
