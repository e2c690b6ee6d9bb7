using System.Diagnostics;
using System.Security.Cryptography;

namespace SpecGD.Cli.Tests;

/// <summary>Output folders that cannot be written, and disks that are full: at the start, and in the middle.</summary>
public sealed class UnwritableTests : InTemporaryDirectory
{
    private const string NoPlace = "/proc/specgd";

    /// <summary>Every verb that writes, with the words before its output folder.</summary>
    private static readonly Dictionary<string, string> Verbs = new()
    {
        ["run"] = "run random-feature --dim 8 --feature-dim 4 --num-samples 20 --steps 3 --no-figures --output",
        ["reproduce"] = "reproduce relu-spectrum --quick --no-figures --output",
        ["sweep"] = "sweep sweep.json --output",
        ["nanogpt train"] = "nanogpt train --text text.txt --width 16 --heads 2 --layers 6 --length 128 --sequences 1 --steps 1 --no-figures --output",
        ["data tokenize"] = "data tokenize text.txt --output",
        ["data sample"] = "data sample --megabytes 0.01 --output",
        ["data fetch"] = "data fetch fineweb10B --shards 1 --base-url http://127.0.0.1:9 --tries 1 --output",
        ["plot"] = "plot log.json --output",
        ["diagnose"] = "diagnose capture.safetensors --no-figures --output",
    };

    public UnwritableTests()
    {
        File.WriteAllText(Path.Combine(Folder, "text.txt"), string.Concat(Enumerable.Range(0, 400).Select(i => $"Line {i} of a text.\n")));
        File.WriteAllText(
            Path.Combine(Folder, "sweep.json"),
            """{ "experiment": "random-feature", "options": { "feature-dim": 4, "num-samples": 20, "steps": 3 }, "grid": { "dim": [8] } }""");
        File.WriteAllText(Path.Combine(Folder, "log.json"), """{"methods":{"specgd":{"loss":{"steps":[0],"values":[1]}}}}""");
        const string header = """{"a/gradient":{"dtype":"F64","shape":[1,1],"data_offsets":[0,8]},"a/gram":{"dtype":"F64","shape":[1,1],"data_offsets":[8,16]}}""";
        File.WriteAllBytes(
            Path.Combine(Folder, "capture.safetensors"),
            [.. BitConverter.GetBytes((ulong)header.Length), .. System.Text.Encoding.ASCII.GetBytes(header), .. BitConverter.GetBytes(1.0), .. BitConverter.GetBytes(1.0)]);
    }

    public static TheoryData<string> Names => new(Verbs.Keys);

    [SkippableTheory]
    [MemberData(nameof(Names))]
    public void A_folder_that_cannot_be_written_is_told_in_one_line_before_any_work(string verb)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), "/proc, where nobody can write, is Linux's");

        var (code, error) = Run([.. Verbs[verb].Split(' '), NoPlace]);

        code.ShouldBe(2, error);
        error.ShouldContain($"The output folder {NoPlace}");
        error.ShouldContain("cannot be written");
        error.TrimEnd().Split('\n').Count(line => line.StartsWith("specgd: The output folder", StringComparison.Ordinal)).ShouldBe(1, error);
    }

    /// <summary>A disk of a few megabytes, mounted for the test; only root may do that.</summary>
    [SkippableFact]
    public void On_a_full_disk_every_verb_says_so_in_a_sentence_and_what_was_there_stays()
    {
        using var disk = SmallDisk.TryMount(Path.Combine(Folder, "disk"), megabytes: 6);
        Skip.If(disk is null, "a small disk of one's own takes root and a kernel that lets it mount");
        string runs = Path.Combine(disk.Folder, "run"), tokens = Path.Combine(disk.Folder, "tokens");
        Run([.. Verbs["run"].Split(' '), runs]).Code.ShouldBe(0);
        Run([.. Verbs["data tokenize"].Split(' '), tokens]).Code.ShouldBe(0);
        string before = HashOf(disk.Folder);
        // JSON Lines: nobody knows before how many tokens they are
        File.WriteAllText(Path.Combine(Folder, "long.jsonl"), string.Concat(Enumerable.Repeat("{\"text\":\"" + new string('x', 4000) + "\"}\n", 1000)));

        var middle = Run("data", "tokenize", "long.jsonl", "--overwrite", "--output", tokens);

        middle.Code.ShouldBe(1, middle.Error);
        middle.Error.TrimEnd().Split('\n')[^1].ShouldContain("specgd: The disk is full: No space left on device");
        HashOf(disk.Folder).ShouldBe(before);
        File.WriteAllText(Path.Combine(Folder, "long.txt"), new string('x', 8_000_000));
        var known = Run("data", "tokenize", "long.txt", "--overwrite", "--output", tokens);
        known.Code.ShouldBe(2);
        known.Error.ShouldContain("The tokens of these files take 15 MiB, and the disk of ");
        disk.Fill(leave: 200_000);
        foreach (string verb in new[] { "run", "sweep", "nanogpt train", "data fetch" })
        {
            var said = Run([.. Verbs[verb].Split(' '), Path.Combine(disk.Folder, "new")]);
            said.Code.ShouldBe(2, $"{verb}: {said.Error}");
            said.Error.ShouldContain("make room, or name a folder elsewhere.", customMessage: verb);
            Directory.Exists(Path.Combine(disk.Folder, "new")).ShouldBeFalse($"{verb} was refused");
        }
        disk.Free();
        HashOf(disk.Folder).ShouldBe(before);
    }

    private static string HashOf(string folder) => string.Join('\n', Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        .Select(file => $"{file} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"));

    private (int Code, string Error) Run(params string[] arguments)
    {
        var said = Specgd(arguments);
        return (said.ExitCode, said.Error);
    }

    /// <summary>A file system in memory of a fixed size.</summary>
    private sealed class SmallDisk : IDisposable
    {
        private const string FillerName = "filler";

        private SmallDisk(string folder) => Folder = folder;

        public string Folder { get; }

        public static SmallDisk? TryMount(string folder, int megabytes)
        {
            if (!OperatingSystem.IsLinux())
                return null;
            Directory.CreateDirectory(folder);
            return Call("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "specgd-test", folder) ? new SmallDisk(folder) : null;
        }

        /// <summary>Takes all but so many bytes.</summary>
        public void Fill(long leave)
        {
            using var filler = File.Create(Path.Combine(Folder, FillerName));
            byte[] piece = new byte[1 << 14];
            for (long left = new DriveInfo(Folder).AvailableFreeSpace - leave; left > 0; left -= piece.Length)
                filler.Write(piece);
        }

        public void Free() => File.Delete(Path.Combine(Folder, FillerName));

        public void Dispose() => Call("umount", Folder);

        private static bool Call(string program, params string[] arguments)
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
                process.WaitForExit();
                return process.ExitCode == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        }
    }
}
