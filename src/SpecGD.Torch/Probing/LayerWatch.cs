using System.Globalization;
using System.IO.Enumeration;
using System.Reflection;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace SpecGD.Torch;

/// <summary>Finds the layers of a model that can be watched.</summary>
internal static class LayerWatch
{
    /// <summary>Linear layers, convolutions over one or two dimensions, embeddings, LayerNorm, and modules whose type is called RMSNorm, in the model's order.</summary>
    /// <exception cref="ArgumentException">A split fits no layer, or not the layer that it fits.</exception>
    public static IReadOnlyList<WatchedLayer> Find(nn.Module model, LayerProbeOptions options)
    {
        ArgumentNullException.ThrowIfNull(model);
        options.Require();
        var random = new Random(options.Seed);
        var found = new List<WatchedLayer>();
        IEnumerable<(string name, nn.Module module)> all = [("", model), .. model.named_modules()];
        foreach (var (path, module) in all.DistinctBy(entry => entry.module))
        {
            string name = path.Length > 0 ? path : module.GetName();
            if (options.Exclude.Any(pattern => Fits(name, pattern)))
                continue;
            if (Watch(name, path.Length > 0 ? path + ".weight" : "weight", module, options, random) is { } watched)
                found.Add(watched);
        }
        foreach (var (pattern, split) in options.Split)
        {
            WatchedLayer[] meant = [.. found.Where(layer => Fits(layer.Name, pattern))];
            if (meant.Length == 0)
                throw new ArgumentException($"No layer of the model is called '{pattern}'; there are {string.Join(", ", found.Take(20).Select(layer => layer.Name))}.");
            foreach (var layer in meant)
                layer.Divide(split);
        }
        return found;
    }

    /// <summary>Whether a name fits a pattern with * and ?.</summary>
    public static bool Fits(string name, string pattern) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);

    private static WatchedLayer? Watch(string name, string parameter, nn.Module module, LayerProbeOptions options, Random random)
    {
        if (module is not nn.Module<Tensor, Tensor> layer || !module.has_parameter("weight"))
            return null;
        return layer switch
        {
            Linear => new WatchedLinear(name, layer, parameter, options, random),
            Embedding => new WatchedEmbedding(name, layer, parameter, options, random),
            ConvolutionTranspose => null,
            Convolution { kernel_size.Length: 1 or 2 } convolution => new WatchedConvolution(name, convolution, parameter, options, random),
            LayerNorm norm => new WatchedGain(name, layer, parameter, norm.eps, centred: true, options, random),
            _ when layer.GetType().Name.Contains("RMSNorm", StringComparison.Ordinal) =>
                new WatchedGain(name, layer, parameter, EpsilonOf(layer), centred: false, options, random),
            _ => null,
        };
    }

    /// <summary>What a module of somebody else's calls eps, Epsilon or variance_epsilon.</summary>
    private static double? EpsilonOf(nn.Module module)
    {
        const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.IgnoreCase;
        foreach (string word in new[] { "eps", "_eps", "epsilon", "_epsilon", "variance_epsilon" })
        {
            object? value = module.GetType().GetProperty(word, Any)?.GetValue(module) ?? module.GetType().GetField(word, Any)?.GetValue(module);
            if (value is double or float)
                return Convert.ToDouble(value, CultureInfo.InvariantCulture);
        }
        return null;
    }
}
