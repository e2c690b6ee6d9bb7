using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using SpecGD.Cli.Display;
using SpecGD.Figures.Fonts;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Numerics.LinearAlgebra.OpenBlas;
using SpecGD.Records;

namespace SpecGD.Cli.Commands;

/// <summary><c>specgd doctor</c>: what was found on this machine, how fast and how exactly it multiplies, and what is missing.</summary>
internal static class DoctorCommand
{
    /// <summary>Sizes of the products measured: large enough for the full rate, small enough for the managed code.</summary>
    private const int Size = 1024, ManagedSize = 256;

    /// <summary>A right product differs from another right one by a small part of ε·n; a wrong kernel by orders of magnitude.</summary>
    private const double LargestError = 4;

    private static readonly TimeSpan MeasureFor = TimeSpan.FromSeconds(0.4);

    public static Command Build()
    {
        var json = new Option<bool>("--json") { Description = "print the findings as JSON" };
        var verbose = new Option<bool>("--verbose") { Description = "tell every place that was searched, and how OpenBLAS was built" };
        var command = new Command(
            "doctor",
            "Tell what was found on this machine: OpenBLAS and libtorch, their speed, the font of figures; and how to install what is missing. "
            + "Exit code 1 if the arithmetic is wrong.")
        {
            json,
            verbose,
        };
        command.SetAction(parsed =>
        {
            var examination = Examine();
            if (parsed.GetValue(json))
                SummaryView.PrintJson(examination.ToJson());
            else
                examination.Print(parsed.GetValue(verbose));
            return examination.IsSound ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }

    private static Examination Examine()
    {
        var examination = new Examination();
        Program(examination);
        LinearAlgebra(examination);
        TorchFindings.Add(examination);
        Drawing(examination);
        return examination;
    }

    private static void Program(Examination examination)
    {
        examination.Add("specgd", Manifest.ProgramVersion);
        examination.Add("runtime", $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.OSDescription}");
        examination.Add("processor", $"{Machine.ThisProcessor}, {Environment.ProcessorCount} logical, {Counted.Of(ThreadBudget.Total, "thread")} in use (--threads or {ThreadBudget.Variable})");
    }

    private static void LinearAlgebra(Examination examination)
    {
        var library = Backend.Library;
        foreach (string attempt in library.Attempts)
            examination.AddDetail("OpenBLAS tried", attempt);
        if (library.IsLoaded)
        {
            string configuration = library.Configuration.Trim();
            examination.Add("OpenBLAS", $"{string.Join(' ', configuration.Split(' ').Take(2))}, kernels for {library.CoreName}");
            examination.AddDetail("OpenBLAS built with", configuration);
        }
        else if (Backend.Mkl is { } mkl)
        {
            examination.Add("OpenBLAS", $"not found; {mkl.Name} serves");
        }
        else
        {
            examination.Missing("OpenBLAS", "linear algebra is many times slower without it", OpenBlasLibrary.InstallHint);
        }
        int size = ReferenceEquals(Backend.Current, Backend.Managed) ? ManagedSize : Size;
        double inDouble = Rate<double>(examination, "double", size), inSingle = Rate<float>(examination, "float", size);
        examination.Add(
            "products",
            string.Create(CultureInfo.InvariantCulture, $"{inDouble:0.#} GFLOP/s in double, {inSingle:0.#} in float, by {Backend.Current.Name}"));
        examination.AddDetail("products measured", $"{size}×{size}×{size}");
    }

    /// <summary>The rate of products in GFLOP/s; what is computed wrongly is noted.</summary>
    private static double Rate<T>(Examination examination, string name, int size)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        double rate = GemmRate.Measure<T>(size, MeasureFor, TimeProvider.System);
        double error = GemmRate.Error<T>(ManagedSize);
        if (!(error <= LargestError))
            examination.Wrong($"The product in {name} differs from the managed code's by {error:0.#} ε·n: "
                + "this build of OpenBLAS computes wrongly on this processor. "
                + $"Set {Backend.ChoiceVariable}=managed, or OPENBLAS_CORETYPE to an older family such as HASWELL.");
        return rate;
    }

    private static void Drawing(Examination examination)
    {
        try
        {
            var font = FigureFont.Find();
            examination.Add("figures", "PDF, PNG, SVG and GIF, by SkiaSharp");
            examination.Add("font of figures", font.File is null ? $"{font.Name}, which comes along" : $"{font.Name} ({font.File})");
            if (font.Hint is { } hint)
                examination.Remark(hint);
        }
        catch (BadInputException e)
        {
            examination.Remark(e.Message);
        }
    }
}
