using System.Diagnostics;
using System.Text.Json.Nodes;

namespace SpecGD.Cli.Tests;

/// <summary>Networks captured by python/specgd_capture.py in one run of Python, for all tests of a class. Where PyTorch is missing the tests are skipped.</summary>
public sealed class TorchCaptures : IDisposable
{
    /// <summary>The name under which the classes of tests share one run.</summary>
    public const string Collection = "torch captures";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(10);

    private readonly string? _missing;

    public TorchCaptures()
    {
        Python = new[] { "/usr/bin/python3", "python3" }.FirstOrDefault(python => Run(python, "-c", "import torch").ExitCode == 0);
        if (Python is null)
        {
            _missing = "no Python with PyTorch is installed (apt-get install python3-torch)";
            return;
        }
        var made = Run(Python, Script("capture_networks.py"), Folder);
        if (made.ExitCode != 0)
            throw new InvalidOperationException($"The captures were not made:\n{made.Error}");
        Expected = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "expected.json")))!.AsObject();
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("specgd-torch-").FullName;

    public string? Python { get; }

    /// <summary>What torch measured by SVD: network → layer → stable_rank and nuclear_rank.</summary>
    public JsonObject Expected { get; } = [];

    public void SkipWithoutTorch() => Skip.If(_missing is not null, _missing);

    public string FileOf(string name) => Path.Combine(Folder, name + ".safetensors");

    public static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Torch", name);

    public static (int ExitCode, string Output, string Error) Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        start.Environment["OMP_NUM_THREADS"] = "1";
        start.Environment["SPECGD_CAPTURE_STRICT"] = "1"; // what cannot be followed must fail a test, not become a reason
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            var error = process.StandardError.ReadToEndAsync();
            if (!process.WaitForExit(Limit))
                process.Kill(entireProcessTree: true);
            return (process.ExitCode, output.GetAwaiter().GetResult(), error.GetAwaiter().GetResult());
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (-1, "", e.Message);
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

/// <summary>One run of PyTorch for all classes that look at its captures.</summary>
[CollectionDefinition(TorchCaptures.Collection)]
public sealed class TorchCapturesShared : ICollectionFixture<TorchCaptures>;
