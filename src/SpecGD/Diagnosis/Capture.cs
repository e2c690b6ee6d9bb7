using System.Globalization;

namespace SpecGD.Diagnosis;

/// <summary>One capture: a file with the layers that it describes, or that the names of its tensors tell. Tensors are read when asked for.</summary>
public sealed class Capture : IDisposable
{
    private static readonly string[] Roles =
        ["gradient", "gradient_gram", "gram", "activations", "row_sample", "row_units", "token_counts", "samples", "units"];

    private Capture(CaptureTensors tensors, CaptureDocument document) => (Tensors, Document) = (tensors, document);

    /// <summary>The file.</summary>
    public string Path => Tensors.Path;

    /// <summary>The tensors.</summary>
    public CaptureTensors Tensors { get; }

    /// <summary>What it says of itself; made of the tensors' names where it says nothing.</summary>
    public CaptureDocument Document { get; }

    /// <summary>The step, or what digits end the file's name, or null.</summary>
    public long? Step => Document.Step ?? TrailingNumber(System.IO.Path.GetFileNameWithoutExtension(Path));

    /// <summary>Opens a capture and checks that its description and its tensors agree.</summary>
    /// <exception cref="BadInputException">It cannot be read or is no capture; the sentence says why.</exception>
    public static Capture Open(string path)
    {
        var tensors = CaptureTensors.Open(path);
        try
        {
            var document = tensors.Description is { } json ? CaptureDocument.Parse(path, json) : FromNames(tensors);
            Check(tensors, document);
            return new Capture(tensors, document);
        }
        catch
        {
            tensors.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Tensors.Dispose();

    private static CaptureDocument FromNames(CaptureTensors tensors)
    {
        var layers = new Dictionary<string, LayerEntry>();
        foreach (string tensor in tensors.Shapes.Keys)
        {
            int slash = tensor.LastIndexOf('/');
            string name = slash < 0 ? "" : tensor[..slash], role = tensor[(slash + 1)..];
            if (name.Length == 0 || !Roles.Contains(role))
            {
                throw new BadInputException(
                    $"{tensors.Path} is no capture: it has no description ('specgd'), and '{tensor}' is not named LAYER/ROLE "
                    + $"with one of the roles {string.Join(", ", Roles)}.");
            }
            var layer = layers.GetValueOrDefault(name) ?? new LayerEntry { Name = name };
            layers[name] = With(layer, role, tensor, tensors);
        }
        return new CaptureDocument { Format = CaptureDocument.FormatName, Layers = [.. layers.Values] };
    }

    private static LayerEntry With(LayerEntry layer, string role, string tensor, CaptureTensors tensors) => role switch
    {
        "gradient" => layer with { Gradient = tensor },
        "gradient_gram" => layer with { GradientGram = tensor },
        "gram" => layer with { Gram = tensor },
        "activations" => layer with { Activations = tensor, Samples = tensors.Shapes[tensor] is [var rows, ..] ? rows : 0 },
        "row_sample" => layer with { RowSample = tensor },
        "row_units" => layer with { RowUnits = tensor },
        "token_counts" => layer with { TokenCounts = tensor, Kind = "embedding" },
        "samples" => layer with { Samples = Single(tensors, tensor) },
        _ => layer with { Units = Single(tensors, tensor) },
    };

    private static long Single(CaptureTensors tensors, string tensor) => tensors.ReadIntegers(tensor) is [var value]
        ? value
        : throw new BadInputException($"{tensors.Path}: '{tensor}' must be one whole number.");

    private static void Check(CaptureTensors tensors, CaptureDocument document)
    {
        if (document.Layers.Count == 0)
            throw new BadInputException($"{tensors.Path} is a capture without a single layer; nothing can be diagnosed.");
        var names = new HashSet<string>();
        foreach (var layer in document.Layers)
        {
            if (layer.Name.Length == 0 || !names.Add(layer.Name))
                throw new BadInputException($"{tensors.Path} describes the layer '{layer.Name}' twice, or a layer has no name.");
            CheckTensors(tensors, layer);
            if (layer.Kind is not (null or "linear" or "conv" or "embedding" or "norm"))
                throw new BadInputException(
                    $"{tensors.Path}: the layer '{layer.Name}' is of the kind '{layer.Kind}'; linear, conv, embedding and norm are known.");
            if (layer.Samples < 0 || layer.Rows < 0 || layer.Units < 0)
                throw new BadInputException($"{tensors.Path}: the layer '{layer.Name}' has a negative number of samples.");
            if (layer is { NuclearRankLow: { } low, NuclearRankHigh: { } high } && !(low <= high))
                throw new BadInputException($"{tensors.Path}: the layer '{layer.Name}' has a nuclear_rank_low above its nuclear_rank_high.");
            if (layer.Place is not (null or LayerPlaces.Input or LayerPlaces.Head))
                throw new BadInputException($"{tensors.Path}: the layer '{layer.Name}' has the place '{layer.Place}'; input and head are known.");
        }
    }

    private static void CheckTensors(CaptureTensors tensors, LayerEntry layer)
    {
        foreach (string? tensor in new[] { layer.Gradient, layer.GradientGram, layer.Gram, layer.Activations, layer.RowSample, layer.RowUnits,
            layer.TokenCounts, layer.GradientSpectrum, layer.MomentumSpectrum, layer.RowKernel })
        {
            if (tensor is null)
                continue;
            if (!tensors.Shapes.TryGetValue(tensor, out var shape))
                throw new BadInputException($"{tensors.Path}: the layer '{layer.Name}' names the tensor '{tensor}', which the file lacks.");
            if (shape.Contains(0))
                throw new BadInputException($"{tensors.Path}: the tensor '{tensor}' is empty, of shape [{string.Join(", ", shape)}]; leave out "
                    + $"what was not measured.");
        }
    }

    private static long? TrailingNumber(string name)
    {
        int begin = name.Length;
        while (begin > 0 && char.IsAsciiDigit(name[begin - 1]))
            begin--;
        return long.TryParse(name.AsSpan(begin), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
    }
}
