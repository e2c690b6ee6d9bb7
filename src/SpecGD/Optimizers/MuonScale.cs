namespace SpecGD.Optimizers;

/// <summary>The factor on Muon's orthogonal update that depends on the shape of the weight, rows = out features, columns = in features.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Of">From rows and columns, the factor.</param>
public sealed record MuonScale(string Name, Func<int, int, double> Of)
{
    /// <summary>√max(1, rows/columns).</summary>
    public static MuonScale Original { get; } = new("original", static (rows, columns) => Math.Sqrt(Math.Max(1, (double)rows / columns)));

    /// <summary>0.2·√max(rows, columns): entries as large, in the root mean square, as AdamW's usual update.</summary>
    public static MuonScale MatchRmsAdamW { get; } =
        new("match_rms_adamw", static (rows, columns) => 0.2 * Math.Sqrt(Math.Max(rows, columns)));

    /// <summary>√(rows/columns): the update's norm from root-mean-square input to root-mean-square output is 1.</summary>
    public static MuonScale Spectral { get; } = new("spectral", static (rows, columns) => Math.Sqrt((double)rows / columns));

    /// <summary>The names of all, separated by commas.</summary>
    public const string Names = "original,match_rms_adamw,spectral";

    /// <summary>The one called <paramref name="name"/>.</summary>
    /// <exception cref="BadInputException">There is none of that name.</exception>
    public static MuonScale Named(string name) =>
        new[] { Original, MatchRmsAdamW, Spectral }.FirstOrDefault(s => s.Name == name)
        ?? throw new BadInputException($"There is no scale '{name}' of Muon; there are {Names}.{Spelling.Hint(name, Names)}");
}
