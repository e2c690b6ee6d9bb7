using System.Globalization;
using SpecGD.Data.Language.Tokenizers;
using SpecGD.Records;

namespace SpecGD.Data.Language.Tokens;

/// <summary>
/// Writes a stream of tokens as a folder of shards: <c>NAME_val_000000.bin</c>, <c>NAME_train_000001.bin</c> and on, each of as many tokens as a
/// shard
/// takes, documents running on across their ends, the last with what is left. Nothing has its name before <see cref="Complete"/>; disposed before
/// that,
/// nothing is left, and what was in the folder is untouched.
/// </summary>
public sealed class TokenFolderWriter : IDisposable
{
    /// <summary>Tokens in a shard, as in the published ones.</summary>
    public const int ShardTokens = 100_000_000;

    /// <summary>Where everything fits one shard, this part of it is the validation shard and the rest the training shard.</summary>
    private const int ValidationPart = 10;

    private readonly string _directory, _name;
    private readonly ITokenizer _tokenizer;
    private readonly int _shardTokens;
    private readonly string[] _before;
    private readonly List<TokenShardWriter> _shards = [];

    /// <summary>Prepares the folder.</summary>
    /// <param name="directory">The folder; made where it is missing.</param>
    /// <param name="name">Beginning of the shards' names.</param>
    /// <param name="tokenizer">What makes the tokens.</param>
    /// <param name="shardTokens">Tokens in a shard.</param>
    /// <param name="overwrite">Whether shards that are there already are replaced; else they are an error.</param>
    /// <exception cref="BadInputException">The folder cannot be written, or has shards.</exception>
    public TokenFolderWriter(string directory, string name, ITokenizer tokenizer, int shardTokens = ShardTokens, bool overwrite = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shardTokens, 1);
        RunFolder.Prepare(directory);
        _before = [.. Directory.EnumerateFiles(directory, "*_val_??????.bin"), .. Directory.EnumerateFiles(directory, "*_train_??????.bin")];
        bool isLeftover = TokenFolder.IsLeftover(directory);
        if (_before.Length > 0 && !overwrite && !isLeftover)
            throw new BadInputException($"{directory} has token shards already ({Path.GetFileName(_before.Min())}); "
                + "name another folder, or replace them with --overwrite.");
        (_directory, _name, _tokenizer, _shardTokens) = (directory, name, tokenizer, shardTokens);
    }

    /// <summary>Tokens written.</summary>
    public long Count { get; private set; }

    /// <summary>Documents begun.</summary>
    public long Documents { get; private set; }

    /// <summary>Writes tokens behind those written before.</summary>
    /// <param name="tokens">The tokens, end of text before each document.</param>
    /// <param name="documents">How many documents begin among them.</param>
    /// <exception cref="IOException">The disk is full.</exception>
    public void Append(ReadOnlySpan<ushort> tokens, long documents)
    {
        Count += tokens.Length;
        Documents += documents;
        while (!tokens.IsEmpty)
        {
            if (_shards is [] || _shards[^1].Count == _shardTokens)
                BeginShard();
            var part = tokens[..Math.Min(tokens.Length, _shardTokens - _shards[^1].Count)];
            _shards[^1].Append(part);
            tokens = tokens[part.Length..];
        }
    }

    /// <summary>
    /// Writes <see cref="TokenFolder.FileName"/>, which says that the folder is not whole, removes the shards that were there before, gives every
    /// shard its name, and only then says that the folder is whole: ended in the middle, it is taken for neither the old one nor the new.
    /// </summary>
    /// <param name="textBytes">Length of the text in bytes, for the record.</param>
    /// <exception cref="BadInputException">There are no tokens.</exception>
    public TokenFolder Complete(long textBytes)
    {
        if (Count == 0)
            throw new BadInputException("There is no text to make tokens of.");
        if (_shards is [var only] && only.Count > 1)
        {
            BeginShard(sealLast: false);
            only.MoveTailTo(_shards[^1], Math.Max(1, only.Count / ValidationPart));
            only.Seal();
        }
        _shards[^1].Seal();
        var folder = new TokenFolder(
            _tokenizer.Name,
            _tokenizer.Vocabulary,
            _tokenizer.EndOfText,
            Documents,
            textBytes,
            [.. _shards.Select(s => new ShardEntry(Path.GetFileName(s.TargetPath), s.Count))]);
        string description = Path.Combine(_directory, TokenFolder.FileName);
        AtomicFile.Write(description, (folder with { IsWhole = false }).ToJson());
        foreach (string old in _before)
            File.Delete(old);
        foreach (var shard in _shards)
            shard.Publish();
        AtomicFile.Write(description, folder.ToJson());
        return folder;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var shard in _shards)
            shard.Dispose();
    }

    private void BeginShard(bool sealLast = true)
    {
        if (sealLast && _shards is [.., var last])
            last.Seal();
        int index = _shards.Count;
        string file = string.Create(CultureInfo.InvariantCulture, $"{_name}_{(index == 0 ? "val" : "train")}_{index:000000}.bin");
        _shards.Add(new TokenShardWriter(Path.Combine(_directory, file)));
    }
}
