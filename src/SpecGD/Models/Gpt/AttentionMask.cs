namespace SpecGD.Models.Gpt;

/// <summary>
/// Which keys each query sees: of its own document, not later, and within a window counted in blocks of 128 tokens. Documents are contiguous, so the
/// keys of a query are one range, and those of a block of queries one range of blocks; nothing of size T × T exists.
/// </summary>
internal sealed class AttentionMask
{
    /// <summary>Tokens of a block.</summary>
    public const int BlockSize = 128;

    private readonly int[] _firstKey, _firstBlock;

    /// <summary>A mask for sequences of <paramref name="length"/> tokens, a multiple of <see cref="BlockSize"/>.</summary>
    /// <exception cref="BadInputException">It is no multiple.</exception>
    public AttentionMask(int length)
    {
        if (length < BlockSize || length % BlockSize != 0)
            throw new BadInputException($"A sequence must have a multiple of {BlockSize} tokens; {length} is none.");
        _firstKey = new int[length];
        _firstBlock = new int[length / BlockSize];
    }

    /// <summary>Blocks in the sequence.</summary>
    public int Blocks => _firstBlock.Length;

    /// <summary>Keys of the longest range that a block of queries sees.</summary>
    public int LongestRange { get; private set; }

    /// <summary>The first key that <paramref name="query"/> sees; the last is the query itself.</summary>
    public int FirstKey(int query) => _firstKey[query];

    /// <summary>The first key of the range of blocks that the queries of <paramref name="block"/> see; it ends with their own block.</summary>
    public int FirstKeyOfBlock(int block) => _firstBlock[block] * BlockSize;

    /// <summary>
    /// The first key that one query sees, told from what comes before it alone: however a block's keys divide into full and partial ones, a block of
    /// queries attends to as many blocks as its documents reach back, at most max(window, 1). So a text can be continued token by token.
    /// </summary>
    /// <param name="query">Its position.</param>
    /// <param name="documentStart">Where its document starts.</param>
    /// <param name="window">Window in blocks.</param>
    public static int FirstKey(int query, int documentStart, int window) =>
        Math.Max(documentStart, ((query / BlockSize) + 1 - Math.Max(window, 1)) * BlockSize);

    /// <summary>
    /// Makes the mask for the tokens of a sequence. With block relations any and all (causal: key block not after, strictly before; document: ranges
    /// of documents overlap, are one and the same document), a pair is full where all hold and partial where only any hold; a block of queries
    /// attends to its window − 1 (at least 0) latest full blocks and its max(window − number of full blocks, 1) latest partial ones. The latest full
    /// blocks are next to the diagonal, and the partial ones are the diagonal and then those before the full ones, so what is kept is one range.
    /// </summary>
    /// <param name="tokens">The sequence.</param>
    /// <param name="endOfText">The token that starts a document.</param>
    /// <param name="window">Window in blocks.</param>
    public void Set(ReadOnlySpan<int> tokens, int endOfText, int window)
    {
        MarkDocumentStarts(tokens, endOfText);
        LongestRange = 0;
        for (int block = Blocks - 1; block >= 0; block--) // downwards: starts of earlier blocks are still those of documents
        {
            var (full, partial) = Count(block);
            int kept = Math.Min(full, Math.Max(window - 1, 0)) + Math.Min(partial, Math.Max(window - full, 1));
            _firstBlock[block] = block + 1 - kept;
            LongestRange = Math.Max(LongestRange, kept * BlockSize);
            foreach (ref int first in _firstKey.AsSpan(block * BlockSize, BlockSize))
                first = Math.Max(first, _firstBlock[block] * BlockSize);
        }
    }

    /// <summary>Into the table of first keys, for every token, the start of its document.</summary>
    private void MarkDocumentStarts(ReadOnlySpan<int> tokens, int endOfText)
    {
        int start = 0;
        for (int t = 0; t < tokens.Length; t++)
            _firstKey[t] = start = tokens[t] == endOfText ? t : start;
    }

    /// <summary>Full and partial key blocks of a block of queries. A document is told by where it starts.</summary>
    private (int Full, int Partial) Count(int block)
    {
        int full = 0, partial = 1; // the diagonal is causal only in part
        var (first, last) = Documents(block);
        for (int key = block - 1; key >= 0; key--)
        {
            var (keyFirst, keyLast) = Documents(key);
            if (keyLast < first)
                break;
            if (first == last && keyFirst == keyLast)
                full++;
            else
                partial++;
        }
        return (full, partial);
    }

    private (int First, int Last) Documents(int block) => (_firstKey[block * BlockSize], _firstKey[((block + 1) * BlockSize) - 1]);
}
