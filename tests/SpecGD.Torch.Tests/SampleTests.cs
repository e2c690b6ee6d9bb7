using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace SpecGD.Torch.Tests;

/// <summary>The samples are programs of their own; each runs here, and does what it says.</summary>
public partial class SampleTests
{
    [SkippableFact]
    public void The_network_learns_with_Muon_and_is_judged_meanwhile()
    {
        Libtorch.Require();
        string[] lines = Run("TrainWithMuon", "200");

        double[] losses = [.. lines.Select(line => Loss().Match(line)).Where(match => match.Success).Select(Number)];
        losses.Length.ShouldBe(3);
        losses[^1].ShouldBeLessThan(0.5 * losses[0]);
        lines.Count(line => line.Contains("nr(G)", StringComparison.Ordinal)).ShouldBe(9, "three layers, three times");
        lines.ShouldAllBe(line => Loss().IsMatch(line) || Verdict().IsMatch(line));
    }

    [SkippableFact]
    public void A_pasted_group_trains()
    {
        Libtorch.Require();
        double[] losses = [.. Run("PastedGroup").Select(line => Number(Loss().Match(line)))];

        losses.Length.ShouldBe(3);
        losses[^1].ShouldBeLessThan(0.5 * losses[0]);
    }

    [Fact]
    public void The_samples_are_short()
    {
        const int Most = 50;
        foreach (string file in Directory.EnumerateFiles(Samples(), "Program.cs", SearchOption.AllDirectories))
            File.ReadAllLines(file).Length.ShouldBeLessThanOrEqualTo(Most, file);
    }

    private static string Samples()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        string? at = Environment.GetEnvironmentVariable("SPECGD_SOURCE");
        while (at is null && folder is not null && !File.Exists(Path.Combine(folder.FullName, "SpecGD.slnx")))
            folder = folder.Parent;
        return Path.Combine(at ?? folder?.FullName ?? throw new DirectoryNotFoundException("SpecGD.slnx"), "samples");
    }

    private static string[] Run(string sample, params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["SPECGD_THREADS"] = "1";
        foreach (string argument in new[] { "exec", Path.Combine(AppContext.BaseDirectory, sample + ".dll") }.Concat(arguments))
            start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, error.Result);
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static double Number(Match match) => double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^step \d+, loss ([0-9.]+)$")]
    private static partial Regex Loss();

    [GeneratedRegex(@"^\w+ +nr\(G\) +[0-9.]+ +st\(A\) +[0-9.]+ +(spectral|undecided|euclidean)$")]
    private static partial Regex Verdict();
}
