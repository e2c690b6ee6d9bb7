using System.Text.Json.Nodes;
using SpecGD.Records;

namespace SpecGD.Figures.Tests;

/// <summary>Small logs of the random-feature experiment.</summary>
internal static class TestLogs
{
    public const string GradientDescent = "gradient_descent", SpecGd = "specgd", FromPeak = "specgd_from_peak";

    /// <summary>Six steps of every kind of method, with numbers that anyone can follow.</summary>
    public static RunLog RandomFeature()
    {
        var log = Empty();
        Add(log, GradientDescent, 0, [10, 5, 2.5, 1.25, 0.625, 0.3125], [6, 8, 10, 9, 8, 7]);
        Add(log, SpecGd, 0, [10, 1, 0.1, 0.01, 0.001, 0.0001], [6, 2, 6, 2, 6, 2]);
        Add(log, "specgd_from_iter_4", 4, [0.625, 0.06], [8, 3]);
        Add(log, "specgd_from_iter_3", 3, [1.25, 0.1, 0.02], [9, 3, 9]);
        Add(log, "specgd_from_iter_1", 1, [5, 0.4, 0.05, 0.006], [8, 3, 8, 3]);
        Add(log, FromPeak, 2, [2.5, 0.2, 0.02, 0.002], [10, 4, 10, 4]);
        return log;
    }

    public static RunLog Empty() => new("small")
    {
        Config = new JsonObject { ["experiment"] = "random-feature", ["activation"] = "relu", ["dim"] = 10, ["seed"] = 0 },
        Dataset = new JsonObject { ["stable_rank_A"] = 2.5 },
    };

    public static void Add(RunLog log, string name, int start, double[] losses, double[] ranks)
    {
        var method = new MethodLog();
        for (int i = 0; i < losses.Length; i++)
            method.Record("loss", start + i, losses[i]);
        for (int i = 0; i < ranks.Length; i++)
            method.Record("nuclear_rank", start + i, ranks[i]);
        log.Methods.Add(name, method);
    }
}
