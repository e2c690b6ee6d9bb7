using System.Buffers.Binary;
using SpecGD.Torch.Native;

namespace SpecGD.Torch.Tests.Native;

/// <summary>The change of one flag in a copy of TorchSharp's native library: made where it is right, refused with a sentence everywhere else.</summary>
public class WeakVersionTests
{
    private const string Library = "libstdc++.so.6", Version = "GLIBCXX_3.4.32";

    private static readonly string? Original = OperatingSystem.IsLinux() && Find() is { } file ? file : null;

    [SkippableFact]
    public void One_flag_of_one_version_is_set_and_nothing_else()
    {
        byte[] before = Bytes(), after = [.. before];

        WeakVersion.Set(after, "x", Library, Version).ShouldBe(WeakeningResult.Changed);

        int[] changed = [.. Enumerable.Range(0, before.Length).Where(i => before[i] != after[i])];
        changed.Length.ShouldBe(1);
        (before[changed[0]], after[changed[0]]).ShouldBe(((byte)0, (byte)2), "VER_FLG_WEAK");
        new ElfImage(after, "x").VersionNeeded().Where(need => need.Flags == 2).Select(need => need.Version).ShouldBe([Version]);
        WeakVersion.Set(after, "x", Library, Version).ShouldBe(WeakeningResult.AlreadyWeak);
    }

    [SkippableFact]
    public void It_is_right_because_nothing_of_that_version_is_looked_up()
    {
        var elf = new ElfImage(Bytes(), "x");
        var need = elf.VersionNeeded().Single(n => n.Version == Version);

        elf.SymbolsOfVersion(need.Index).ShouldBe(["_ZSt21ios_base_library_initv"]);
        elf.RelocatedSymbolsOfVersion(need.Index).ShouldBeEmpty();
        var used = elf.VersionNeeded().First(n => n.Version == "GLIBCXX_3.4.21");
        elf.RelocatedSymbolsOfVersion(used.Index).ShouldNotBeEmpty("the check must be able to see one");
    }

    [SkippableFact]
    public void A_version_whose_symbols_are_used_is_not_made_weak() =>
        Should.Throw<BadInputException>(() => WeakVersion.Set(Bytes(), "x", Library, "GLIBCXX_3.4.21")).Message.ShouldContain("uses the symbol");

    [SkippableFact]
    public void A_file_that_does_not_need_it_is_left_as_it_is()
    {
        Skip.If(Original is null);
        byte[] other = File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "libSystem.Native.so"));
        byte[] before = [.. other];

        WeakVersion.Set(other, "x", Library, Version).ShouldBe(WeakeningResult.NotNeeded);

        other.ShouldBe(before);
    }

    [Fact]
    public void An_unrelated_file_is_a_sentence()
    {
        Should.Throw<BadInputException>(() => WeakVersion.Set("MZ, or a text that is long enough to be a header of an ELF file, but is none"u8.ToArray(), "x.so", Library, Version))
            .Message.ShouldBe("x.so is no ELF file; a shared library of Linux was expected.");
        Should.Throw<BadInputException>(() => WeakVersion.Set([], "x.so", Library, Version));
    }

    [SkippableFact]
    public void A_file_that_is_cut_anywhere_is_a_sentence()
    {
        byte[] whole = Bytes();
        foreach (int length in Enumerable.Range(0, 64).Concat(Enumerable.Range(1, 60).Select(i => (int)(whole.Length * (i / 61.0)))).Append(whole.Length - 1))
            Should.Throw<BadInputException>(() => WeakVersion.Set(whole[..length], "x", Library, Version), $"cut to {length}");
    }

    [SkippableFact]
    public void A_damaged_file_is_a_sentence_or_changed_where_it_asks_for_the_version()
    {
        byte[] whole = Bytes();
        var random = new Random(20251203);
        int sections = (int)BinaryPrimitives.ReadUInt64LittleEndian(whole.AsSpan(40));
        int needs = new ElfImage(whole, "x").VersionNeeded()[0].FlagsAt;
        int sentences = 0;
        for (int i = 0; i < 600; i++)
        {
            byte[] damaged = (byte[])whole.Clone();
            int at = (i % 3) switch { 0 => random.Next(64), 1 => sections + random.Next(whole.Length - sections), _ => needs + random.Next(0x200) };
            damaged[at] ^= (byte)(1 << random.Next(8));
            try
            {
                WeakVersion.Set(damaged, "x", Library, Version);
                damaged.Length.ShouldBe(whole.Length);
            }
            catch (BadInputException e)
            {
                sentences++;
                e.Message.ShouldStartWith("x ");
            }
        }
        sentences.ShouldBeGreaterThan(60, "else the damage was nowhere");
    }

    [SkippableFact]
    public void The_copy_is_named_by_its_content_is_written_again_where_it_was_damaged_and_the_original_is_untouched()
    {
        Skip.If(Original is null);
        using var folder = new TemporaryFolder();
        byte[] before = File.ReadAllBytes(Original!);

        var (path, isChanged) = BridgeFile.Changed(Original!, folder.Path);
        byte[] copy = File.ReadAllBytes(path);
        File.WriteAllBytes(path, copy[..1000]);
        var (again, _) = BridgeFile.Changed(Original!, folder.Path);

        isChanged.ShouldBeTrue();
        again.ShouldBe(path);
        File.ReadAllBytes(path).ShouldBe(copy);
        File.ReadAllBytes(Original!).ShouldBe(before);
        Directory.EnumerateFiles(folder.Path, "*", SearchOption.AllDirectories).ShouldBe([path], "nothing temporary is left");
        BridgeFile.Changed(path, folder["other"]).ShouldBe((path, false), "a file that is right already is used as it is");
    }

    private static byte[] Bytes()
    {
        Skip.If(Original is null, "TorchSharp's library for Linux is not here");
        return File.ReadAllBytes(Original!);
    }

    private static string? Find()
    {
        try
        {
            return TorchPlaces.Find(_ => null).Bridge;
        }
        catch (BadInputException)
        {
            return null;
        }
    }
}
