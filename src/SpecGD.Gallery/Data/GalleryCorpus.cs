using SpecGD.Gallery.Networks;
using static TorchSharp.torch;

namespace SpecGD.Gallery;

/// <summary>Digits and texts in memory, the last part of each held out for validation.</summary>
internal sealed class GalleryCorpus
{
    /// <summary>Characters of a sequence.</summary>
    public const int Time = 64;

    /// <summary>Different characters: those of ASCII that can be printed, and the end of a line.</summary>
    public const int Characters = 96;

    private const int Pixels = 784, Side = 28, ValidationSequences = 64, ValidationDigits = 1500, ChangesSeed = 1;
    private const double HeldOutText = 0.1, HeldOutDigits = 0.15;

    private readonly byte[] _digits, _labels, _dictionary, _bible;

    /// <summary>A corpus of the given contents.</summary>
    /// <param name="digits">784 bytes a digit, mixed.</param>
    /// <param name="labels">Their classes.</param>
    /// <param name="dictionary">Characters from 0 to 95.</param>
    /// <param name="bible">Likewise.</param>
    public GalleryCorpus(byte[] digits, byte[] labels, byte[] dictionary, byte[] bible) =>
        (_digits, _labels, _dictionary, _bible) = (digits, labels, dictionary, bible);

    /// <summary>The batches of a run, in an order that <paramref name="seed"/> decides alone.</summary>
    public BatchOrder Order(GalleryData data, ulong seed) => new(this, data, new Random(unchecked((int)(seed * 7919) + 17)));

    /// <summary>What is validated on: the same in every run; the changes of changed digits too.</summary>
    public IReadOnlyList<(Tensor Inputs, Tensor Targets)> Validation(GalleryData data)
    {
        if (IsText(data))
        {
            byte[] text = TextOf(data);
            int from = TrainingLength(text), room = (text.Length - from - Time - 1) / ValidationSequences;
            return [Sequences(text, [.. Enumerable.Range(0, ValidationSequences).Select(i => from + (i * room))])];
        }
        int first = TrainingDigits;
        int count = Math.Min(ValidationDigits, _labels.Length - first);
        return [Digits(data, [.. Enumerable.Range(first, count)], new Random(ChangesSeed))];
    }

    /// <summary>Digits that runs train on; those behind are held out.</summary>
    private int TrainingDigits => (int)(_labels.Length * (1 - HeldOutDigits));

    private static int TrainingLength(byte[] text) => (int)(text.Length * (1 - HeldOutText));

    private static bool IsText(GalleryData data) => data is GalleryData.Dictionary or GalleryData.Bible;

    private byte[] TextOf(GalleryData data) => data == GalleryData.Bible ? _bible : _dictionary;

    private static (Tensor, Tensor) Sequences(byte[] text, int[] starts)
    {
        long[] inputs = new long[starts.Length * Time], targets = new long[starts.Length * Time];
        for (int i = 0; i < inputs.Length; i++)
            (inputs[i], targets[i]) = (text[starts[i / Time] + (i % Time)], text[starts[i / Time] + (i % Time) + 1]);
        return (tensor(inputs).view(-1, Time), tensor(targets).view(-1, Time));
    }

    private (Tensor, Tensor) Digits(GalleryData data, int[] chosen, Random changes)
    {
        float[] pixels = new float[chosen.Length * Pixels];
        for (int i = 0; i < chosen.Length; i++)
        {
            var from = _digits.AsSpan(chosen[i] * Pixels, Pixels);
            var to = pixels.AsSpan(i * Pixels, Pixels);
            if (data == GalleryData.ChangedDigits)
                Change(from, to, changes);
            else
                for (int p = 0; p < Pixels; p++)
                    to[p] = from[p] / 255f;
        }
        var inputs = tensor(pixels).view(-1, Pixels);
        return (inputs, data == GalleryData.DigitsThemselves ? inputs : tensor(chosen.Select(i => (long)_labels[i]).ToArray()));
    }

    /// <summary>Moves a digit by up to four pixels each way, makes it darker or lighter, and adds noise of up to a quarter.</summary>
    private static void Change(ReadOnlySpan<byte> from, Span<float> to, Random changes)
    {
        const int most = 4;
        int dx = changes.Next(-most, most + 1), dy = changes.Next(-most, most + 1);
        float brightness = 0.5f + (0.5f * changes.NextSingle());
        for (int y = 0; y < Side; y++)
            for (int x = 0; x < Side; x++)
            {
                int fromX = x - dx, fromY = y - dy;
                bool isInside = fromX is >= 0 and < Side && fromY is >= 0 and < Side;
                to[(y * Side) + x] = (isInside ? brightness * from[(fromY * Side) + fromX] / 255f : 0) + (0.25f * changes.NextSingle());
            }
    }

    /// <summary>Batches one after another, drawn with replacement.</summary>
    internal sealed class BatchOrder(GalleryCorpus corpus, GalleryData data, Random random)
    {
        /// <summary>The next batch of <paramref name="size"/> digits or sequences.</summary>
        public (Tensor Inputs, Tensor Targets) Next(int size)
        {
            if (!IsText(data))
                return corpus.Digits(data, [.. Enumerable.Range(0, size).Select(_ => random.Next(corpus.TrainingDigits))], random);
            byte[] text = corpus.TextOf(data);
            return Sequences(text, [.. Enumerable.Range(0, size).Select(_ => random.Next(TrainingLength(text) - Time - 1))]);
        }
    }
}
