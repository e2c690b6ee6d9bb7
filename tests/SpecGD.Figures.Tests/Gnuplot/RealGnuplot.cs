using SpecGD.Figures.Gnuplot;

namespace SpecGD.Figures.Tests.Gnuplot;

/// <summary>The gnuplot that is installed here.</summary>
internal static class RealGnuplot
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private static readonly Lazy<GnuplotProgram> Found = new(() => GnuplotProgram.Find(null, Limit));

    /// <summary>It, or a skipped test where there is none with all terminals.</summary>
    public static GnuplotProgram OrSkip()
    {
        Skip.IfNot(FigureFormat.All.All(Found.Value.Draws), $"No gnuplot with all terminals is installed ({GnuplotProgram.InstallCommand}).");
        return Found.Value;
    }
}
