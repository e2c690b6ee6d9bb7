using System.Text.Json.Nodes;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Records;
using SpecGD.Training.Gpt;

namespace SpecGD.Tests.Experiments;

/// <summary>A tracker's record of numbers that anyone can follow: one value for each quantity, in every block and at every step.</summary>
internal sealed class SyntheticTracker
{
    public const int Blocks = 4, Width = 64;

    private readonly Dictionary<(string Section, string Key), double> _values = [];

    /// <summary>A record in which everything is seen that must be seen.</summary>
    public SyntheticTracker()
    {
        Set("rms", "rms.pre_attn", 3);
        Set("rms", "rms.pre_mlp", 3);
        Set("activation", "mlp.c_fc", 4);
        Set("activation", "mlp.post", 5);
        foreach (var (name, rank) in new[] { ("attn.q", 12.0), ("attn.k", 13), ("attn.v", 5), ("attn.c_proj", 14) })
            Set("gradient.attention", name, rank);
        Set("gradient.mlp", "mlp.c_fc", 15);
        Set("gradient.mlp", "mlp.c_proj", 20);
        _values[("rms", "lm_head.pre")] = 4;
        _values[("embed_lmhead", "embedding")] = 3;
        _values[("value_embed", "value_embed0")] = 6;
        _values[("token_frequency", "")] = 8;
        _values[("gradient.embed_lmhead", "embedding")] = 12;
        _values[("gradient.embed_lmhead", "lm_head")] = 12;
    }

    /// <summary>A value of one block, or of none.</summary>
    public SyntheticTracker With(string section, string key, double value)
    {
        _values[(section, key)] = value;
        return this;
    }

    /// <summary>The same value in every block.</summary>
    public SyntheticTracker Set(string section, string component, double value)
    {
        bool isGradient = section.StartsWith("gradient", StringComparison.Ordinal);
        for (int block = 0; block < Blocks; block++)
            _values[(section, $"{(isGradient ? "" : "block")}{block}.{component}")] = value;
        return this;
    }

    /// <summary>The record: the value at every step after a start that is far off, as gradients of matrices that begin at zero are.</summary>
    public TrackerLog Record()
    {
        var record = new TrackerLog(20);
        foreach (var ((section, key), value) in _values)
        {
            record.Record(section, key, 2, 1);
            for (int step = 20; step <= 80; step += 20)
                record.Record(section, key, step, value);
        }
        return record;
    }

    /// <summary>A log with the record as ours have it.</summary>
    public RunLog Log() => new("synthetic")
    {
        Config = new JsonObject { ["experiment"] = NanoGptRun.Name },
        Dataset = new JsonObject { [NanoGptLog.Width] = Width },
        Sections = new JsonObject { [TrackerView.SectionName] = Record().ToJson() },
    };
}
