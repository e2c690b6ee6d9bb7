using System.Numerics;
using SpecGD.Numerics;
using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Models.Gpt;

/// <summary>
/// Continues a text: keys and values of what was read are kept, so that a further token costs one row of every product. Its logits are those of the
/// whole forward pass, because each query's keys follow from what comes before it (<see cref="AttentionMask.FirstKey(int, int, int)"/>).
/// </summary>
/// <typeparam name="T"><see cref="float"/> or <see cref="double"/>.</typeparam>
public sealed class GptDecoder<T> : IGptDecoder<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Tokens that go through the layers together while a prompt is read.</summary>
    private const int LongestPiece = AttentionMask.BlockSize;

    private readonly GptParameters<T> _parameters;
    private readonly ResidualMix<T>[] _mixes;
    private readonly AttentionDecoder<T>?[] _attentions;
    private readonly MlpActivation<T> _activation;
    private readonly Matrix<T>[] _outputs;
    private readonly Matrix<T> _x, _mixed, _start, _normed, _expanded, _hidden, _added, _logits;
    private readonly DecodedPiece<T> _piece;

    /// <summary>A decoder at the beginning of a text.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="window">Long attention window in blocks of 128 tokens; the short one is half of it.</param>
    public GptDecoder(GptParameters<T> parameters, int window)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        _parameters = parameters;
        var shape = parameters.Shape;
        int d = shape.Width;
        Matrix<T> Rows(int width) => new(LongestPiece, width);
        (_x, _mixed, _start, _normed, _added) = (Rows(d), Rows(d), Rows(d), Rows(d), Rows(d));
        (_expanded, _hidden) = (Rows(shape.MlpParts * shape.HiddenWidth), Rows(shape.HiddenWidth));
        _logits = new Matrix<T>(1, shape.PaddedVocabulary);
        _outputs = [.. Enumerable.Range(0, shape.Layers / 2).Select(_ => Rows(d))];
        _mixes = [.. Enumerable.Range(0, shape.Layers).Select(i => new ResidualMix<T>(parameters, i))];
        _attentions =
        [
            .. Enumerable.Range(0, shape.Layers).Select(i => GptShape.HasAttention(i)
                ? new AttentionDecoder<T>(parameters, i, shape.HasLongWindow(i) ? window : window / 2, LongestPiece)
                : null),
        ];
        _activation = MlpActivation<T>.Of(shape.Mlp);
        _piece = new DecodedPiece<T>(shape, LongestPiece);
    }

    /// <summary>Tokens read so far.</summary>
    public int Position => _piece.Position;

    /// <summary>Reads tokens behind those read before.</summary>
    /// <returns>The soft-capped logits of what follows the last of them; overwritten by the next call.</returns>
    /// <exception cref="BadInputException">There is no token, or one is outside the vocabulary.</exception>
    public ReadOnlySpan<T> Read(scoped ReadOnlySpan<int> tokens)
    {
        if (tokens.IsEmpty)
            throw new BadInputException("A text to continue needs at least one token.");
        while (!tokens.IsEmpty)
        {
            int count = Math.Min(tokens.Length, LongestPiece);
            _piece.Take(tokens[..count]);
            Forward(count);
            tokens = tokens[count..];
            if (tokens.IsEmpty)
                Normalise(_x.RowSlice(count - 1, 1), _normed.RowSlice(0, 1));
        }
        LanguageModelHead<T>.CappedLogits(_parameters.Head, _normed.RowSlice(0, 1), _logits);
        return _logits.Row(0);
    }

    /// <summary>Nothing is held.</summary>
    public void Dispose()
    {
    }

    /// <summary>One piece through every block; the last states stay in x.</summary>
    private void Forward(int count)
    {
        Matrix<T> x = _x.RowSlice(0, count), mixed = _mixed.RowSlice(0, count), start = _start.RowSlice(0, count);
        for (int t = 0; t < count; t++)
            RmsNorm<T>.Forward(_parameters.Embedding.Value.Row(_piece.Tokens[t]), start.Row(t));
        start.CopyTo(x);
        for (int i = 0; i < _mixes.Length; i++)
        {
            Matrix<T>? skip = _parameters.Shape.SkipSource(i) is { } source ? _outputs[source].RowSlice(0, count) : null;
            _mixes[i].Forward(x, skip, start, mixed);
            mixed.CopyTo(x);
            if (_attentions[i] is { } attention)
            {
                Normalise(x, _normed.RowSlice(0, count));
                attention.Forward(_normed.RowSlice(0, count), _piece, _added.RowSlice(0, count));
                x.AddScaled(T.One, _added.RowSlice(0, count));
            }
            Mlp(i, x, count);
            if (i < _outputs.Length)
                x.CopyTo(_outputs[i].RowSlice(0, count));
        }
    }

    private void Mlp(int block, Matrix<T> x, int count)
    {
        var weights = _parameters.Blocks[block];
        Matrix<T> normed = _normed.RowSlice(0, count), expanded = _expanded.RowSlice(0, count), hidden = _hidden.RowSlice(0, count);
        Normalise(x, normed);
        FewRows.Multiply(normed, weights.Expand.Value, false, expanded);
        RowWork.ForEach(count, expanded.Columns, t => _activation.Forward(expanded.Row(t), hidden.Row(t)));
        var added = _added.RowSlice(0, count);
        FewRows.Multiply(hidden, weights.Project.Value, true, added);
        x.AddScaled(T.One, added);
    }

    private static void Normalise(Matrix<T> x, Matrix<T> into)
    {
        for (int t = 0; t < x.Rows; t++)
            RmsNorm<T>.Forward(x.Row(t), into.Row(t));
    }
}

/// <summary>Products of a few rows with a weight: a single row as matrix times vector, which reads the weight once and copies nothing.</summary>
internal static class FewRows
{
    /// <summary>result ← x·W, or x·Wᵀ.</summary>
    public static void Multiply<T>(Matrix<T> x, Matrix<T> weight, bool transpose, Matrix<T> result)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (x.Rows == 1)
            Linear.Multiply(weight, !transpose, x.Row(0), result.Row(0));
        else
            Linear.Multiply(T.One, x, false, weight, transpose, T.Zero, result);
    }
}

/// <summary>The tokens that go through the layers together: where they stand and where their documents start.</summary>
internal sealed class DecodedPiece<T>(GptShape shape, int longest)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly int[] _tokens = new int[longest], _documentStarts = new int[longest];
    private int _documentStart, _rotaryLength;
    private Rotary<T>? _rotary;

    /// <summary>Tokens read, those of this piece included.</summary>
    public int Position { get; private set; }

    /// <summary>Number of tokens of the piece.</summary>
    public int Count { get; private set; }

    /// <summary>Position of the piece's first token.</summary>
    public int First => Position - Count;

    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, Count);

    public Rotary<T> Rotary => _rotary!;

    /// <summary>Where the document of the piece's token <paramref name="t"/> starts.</summary>
    public int DocumentStart(int t) => _documentStarts[t];

    public void Take(ReadOnlySpan<int> tokens)
    {
        for (int t = 0; t < tokens.Length; t++)
        {
            if ((uint)tokens[t] >= (uint)shape.PaddedVocabulary)
                throw new BadInputException($"Token {Position + t} of the text is {tokens[t]}; the vocabulary has {shape.PaddedVocabulary}.");
            if (tokens[t] == shape.EndOfText)
                _documentStart = Position + t;
            (_tokens[t], _documentStarts[t]) = (tokens[t], _documentStart);
        }
        Count = tokens.Length;
        Position += Count;
        if (Position <= _rotaryLength)
            return;
        _rotaryLength = Math.Max(2 * _rotaryLength, Math.Max(Position, 1024)); // tables for twice as many positions each time they end
        _rotary = new Rotary<T>(shape.HeadWidth, _rotaryLength);
    }
}
