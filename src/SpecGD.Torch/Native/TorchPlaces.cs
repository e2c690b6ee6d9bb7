using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace SpecGD.Torch.Native;

/// <summary>Where libtorch and TorchSharp's own native library are.</summary>
/// <param name="Folder">The folder of libtorch.</param>
/// <param name="Bridge">The file of TorchSharp's native library, as its package has it.</param>
/// <param name="Source">Why there.</param>
internal sealed partial record TorchPlaces(string Folder, string Bridge, string Source)
{
    private static string BridgeName => OperatingSystem.IsWindows() ? "LibTorchSharp.dll" : OperatingSystem.IsMacOS() ? "libLibTorchSharp.dylib" : "libLibTorchSharp.so";

    private static string Main => OperatingSystem.IsWindows() ? "torch_cpu.dll" : OperatingSystem.IsMacOS() ? "libtorch_cpu.dylib" : "libtorch_cpu.so";

    /// <summary>The library for processors.</summary>
    public string MainFile => Path.Combine(Folder, Main);

    /// <summary>What must be loaded by its path, in this order, so that what refers to it by name finds it.</summary>
    private static string[] Libraries =>
        OperatingSystem.IsWindows() ? ["c10.dll", "torch_cpu.dll", "torch_cuda.dll", "torch.dll"]
        : OperatingSystem.IsMacOS() ? ["libc10.dylib", "libtorch_cpu.dylib", "libtorch.dylib"]
        : ["libtorch.so", "libtorch_cpu.so", "libc10.so"];

    private static IEnumerable<string> OwnFolders =>
        [AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native"),
            Path.Combine(AppContext.BaseDirectory, "runtimes", PlatformName, "native")];

    private static string PlatformName =>
        (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux") + "-"
        + RuntimeInformation.ProcessArchitecture.ToString().ToLowerInvariant();

    /// <summary>The places: by the environment variable, in the program's folder, in NuGet's package folder.</summary>
    /// <exception cref="BadInputException">There is no libtorch, or one of the wrong version.</exception>
    public static TorchPlaces Find(Func<string, string?> environment)
    {
        string? bridge = FolderWith(BridgeName, [.. OwnFolders, Attribute("LibTorchSharp")]);
        var (folder, source) = environment(TorchLibrary.FolderVariable) is { Length: > 0 } named
            ? (Checked(named), TorchLibrary.FolderVariable)
            : FolderWith(Main, OwnFolders) is { } own ? (own, "the program's folder")
            : FolderWith(Main, [Attribute("LibTorch")]) is { } package ? (package, "NuGet's package folder")
            : throw None(Attribute("LibTorch"));
        return bridge is null
            ? throw new BadInputException($"TorchSharp's native library {BridgeName} is neither in the program's folder nor in NuGet's package folder "
                + $"{Attribute("LibTorchSharp")}; build the program again, or add the package TorchSharp to it.")
            : new TorchPlaces(folder, Path.Combine(bridge, BridgeName), source);
    }

    /// <summary>Loads libtorch and what it needs.</summary>
    /// <exception cref="BadInputException">A file does not load.</exception>
    public void LoadLibTorch()
    {
        foreach (string library in Libraries.Select(name => Path.Combine(Folder, name)).Where(File.Exists))
        {
            try
            {
                NativeLibrary.Load(library);
            }
            catch (Exception e) when (e is DllNotFoundException or BadImageFormatException)
            {
                throw new BadInputException($"{library} does not load, so there is no libtorch: {e.Message.Split('\n')[0]}", e);
            }
        }
    }

    /// <summary>The version of the libtorch in a folder, told by the files that come with it; null where none does.</summary>
    public static string? VersionIn(string folder)
    {
        string parent = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))) ?? folder;
        string python = Path.Combine(parent, "version.py"), plain = Path.Combine(parent, "build-version");
        if (File.Exists(python))
            return PythonVersion().Match(File.ReadAllText(python)) is { Success: true } match ? match.Groups[1].Value : null;
        if (File.Exists(plain))
            return File.ReadAllText(plain).Trim();
        string package = Path.GetFullPath(Path.Combine(folder, "..", "..", "..")); // libtorch-cpu-linux-x64/2.10.0/runtimes/linux-x64/native
        return Directory.Exists(package) && Directory.EnumerateFiles(package, "libtorch-*.nuspec").Any() ? Path.GetFileName(package) : null;
    }

    private static string Checked(string folder)
    {
        if (!File.Exists(Path.Combine(folder, Main)))
            throw new BadInputException($"{TorchLibrary.FolderVariable} is {folder}, where there is no {Main}; give the folder torch/lib of a PyTorch {TorchLibrary.RequiredVersion}.");
        string? version = VersionIn(folder);
        if (version is null)
            throw new BadInputException($"{TorchLibrary.FolderVariable} is {folder}, and no version.py or build-version beside it tells its version; "
                + $"give the folder torch/lib of a PyTorch {TorchLibrary.RequiredVersion}.");
        if (version.Split('+')[0] != TorchLibrary.RequiredVersion)
            throw new BadInputException($"{TorchLibrary.FolderVariable} is {folder}, which has libtorch {version}; this program needs {TorchLibrary.RequiredVersion}.");
        return Path.GetFullPath(folder);
    }

    private static BadInputException None(string? package) => package is null
        ? new BadInputException($"There is no libtorch for {PlatformName} among the packages that this program was built with (they exist for linux-x64, win-x64 and osx-arm64); "
            + $"set {TorchLibrary.FolderVariable} to the folder torch/lib of a PyTorch {TorchLibrary.RequiredVersion}.")
        : new BadInputException($"libtorch is neither in the program's folder nor in {package}, where it was when the program was built; "
            + $"build it again, add a package libtorch-cpu-… to it, or set {TorchLibrary.FolderVariable}.");

    private static string? FolderWith(string file, IEnumerable<string?> folders) =>
        folders.FirstOrDefault(folder => folder is not null && File.Exists(Path.Combine(folder, file)));

    private static string? Attribute(string key) =>
        typeof(TorchPlaces).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().FirstOrDefault(a => a.Key == key)?.Value;

    [GeneratedRegex("""^__version__\s*=\s*['"]([^'"]+)['"]""", RegexOptions.Multiline)]
    private static partial Regex PythonVersion();
}
