using System.Net;
using System.Net.Http.Headers;
using SpecGD.Data.Language.Tokens;
using SpecGD.Records;

namespace SpecGD.Data.Language.Fetching;

/// <summary>What came of fetching a file.</summary>
public enum FetchResult
{
    /// <summary>It was there already, whole.</summary>
    WasThere,

    /// <summary>It has been fetched.</summary>
    Fetched,
}

/// <summary>How far a file is.</summary>
/// <param name="Done">Bytes that are here.</param>
/// <param name="Total">Bytes of the whole file; null before they are known.</param>
public readonly record struct FetchProgress(long Done, long? Total);

/// <summary>
/// Fetches token shards over HTTP. What has come is kept in <c>NAME.partial</c> and continued from there, by a later try or a later call; the file
/// gets its name when its header and length are right.
/// </summary>
/// <param name="client">Its own timeout must allow whole downloads.</param>
/// <param name="options">Tries, waits, token.</param>
/// <param name="clock">Measures the waits.</param>
public sealed class ShardFetcher(HttpClient client, FetchOptions options, TimeProvider clock)
{
    /// <summary>What is added to the name of a file that is not whole yet.</summary>
    public const string PartialSuffix = ".partial";

    private const int BufferLength = 1 << 17;

    /// <summary>Fetches one shard to <paramref name="target"/>; a whole one that is there stays.</summary>
    /// <param name="address">Where it is.</param>
    /// <param name="target">The file.</param>
    /// <param name="progress">Told as bytes arrive.</param>
    /// <param name="remark">Told when a try fails, in a sentence.</param>
    /// <param name="cancellation">Ends it; what has come is kept.</param>
    /// <exception cref="BadInputException">The server has no such file, refuses it, or what it has is no token shard.</exception>
    /// <exception cref="IOException">The network or the disk failed in every try.</exception>
    public async Task<FetchResult> FetchAsync(
        Uri address,
        string target,
        IProgress<FetchProgress>? progress = null,
        Action<string>? remark = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentException.ThrowIfNullOrEmpty(target);
        if (IsWhole(target))
            return FetchResult.WasThere;
        string partial = target + PartialSuffix;
        for (int fruitless = 1; ; fruitless++)
        {
            long before = LengthOf(partial);
            try
            {
                await TryAsync(address, partial, progress, cancellation).ConfigureAwait(false);
                AtomicFile.Rename(partial, target);
                return FetchResult.Fetched;
            }
            catch (TransientFetchException e)
            {
                cancellation.ThrowIfCancellationRequested();
                if (LengthOf(partial) > before)
                    fruitless = 1;
                if (fruitless >= options.Tries)
                    throw new IOException($"{address} could not be fetched: {e.Message} after {Counted.Of(fruitless, "try")} without progress; {Kept(partial)}", e);
                var wait = Wait(fruitless, e.RetryAfter);
                remark?.Invoke($"{Path.GetFileName(target)}: {e.Message}; trying again in {wait.TotalSeconds:0.#} s");
                await Task.Delay(wait, clock, cancellation).ConfigureAwait(false);
            }
        }
    }

    private static bool IsWhole(string path)
    {
        if (!File.Exists(path))
            return false;
        try
        {
            using var shard = TokenShard.Open(path, ushort.MaxValue + 1);
            return true;
        }
        catch (BadInputException)
        {
            return false; // fetched anew and replaced
        }
    }

    /// <summary>What is left of a file that could not be fetched; an empty one is not.</summary>
    private static string Kept(string partial)
    {
        if (LengthOf(partial) >= TokenShardHeader.Length)
            return "what has arrived stays, and the same command resumes it.";
        DropEmpty(partial);
        return "nothing has come, and the same command tries again.";
    }

    /// <summary>A part without a header is nothing to go on from.</summary>
    private static void DropEmpty(string partial)
    {
        if (LengthOf(partial) < TokenShardHeader.Length)
            File.Delete(partial);
    }

    private static long LengthOf(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    private TimeSpan Wait(int fruitless, TimeSpan? asked)
    {
        var wait = asked ?? options.FirstWait * Math.Pow(2, fruitless - 1);
        return wait < options.LongestWait ? wait : options.LongestWait;
    }

    /// <summary>One try: asks for what is missing, writes it behind what is there, and checks the whole.</summary>
    private async Task TryAsync(Uri address, string partial, IProgress<FetchProgress>? progress, CancellationToken cancellation)
    {
        using var stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            stall.CancelAfter(options.Stall);
            await using var file = new FileStream(partial, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, BufferLength, useAsync: true);
            if (file.Length < TokenShardHeader.Length)
                file.SetLength(0);
            using var request = Request(address, file.Length);
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token).ConfigureAwait(false);
            if (!IsAlreadyWhole(response, file))
            {
                long? total = Accept(response, address, file);
                RequireRoom(partial, address, (total ?? 0) - file.Position);
                await using var body = await response.Content.ReadAsStreamAsync(stall.Token).ConfigureAwait(false);
                await ReceiveAsync(body, file, address, total, progress, stall).ConfigureAwait(false);
            }
            Check(file, address);
            file.Flush(flushToDisk: true);
        }
        catch (BadInputException)
        {
            File.Delete(partial); // what came is nothing to go on from
            throw;
        }
        catch (Exception e) when (cancellation.IsCancellationRequested && e is not BadInputException)
        {
            DropEmpty(partial); // a connection that is closed for a request to stop fails in several ways, none of which is the network's
            throw new OperationCanceledException("Fetching was stopped.", e, cancellation);
        }
        catch (OperationCanceledException e)
        {
            throw new TransientFetchException($"nothing came for {options.Stall.TotalSeconds:0.#} s", e);
        }
        catch (Exception e) when (e is HttpRequestException or HttpIOException || e.GetBaseException() is System.Net.Sockets.SocketException)
        {
            throw new TransientFetchException(NetworkWords.Of(e), e);
        }
    }

    private HttpRequestMessage Request(Uri address, long have)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (have > 0)
            request.Headers.Range = new RangeHeaderValue(have, null);
        if (options.Token is { Length: > 0 } token)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }

    /// <summary>Whether the server says that there is nothing behind what is here; a file that is longer than its own is begun anew.</summary>
    private static bool IsAlreadyWhole(HttpResponseMessage response, FileStream file)
    {
        if (response.StatusCode != HttpStatusCode.RequestedRangeNotSatisfiable || file.Length == 0)
            return false;
        if (response.Content.Headers.ContentRange?.Length == file.Length)
            return true;
        file.SetLength(0);
        throw new TransientFetchException("the server's file is shorter than what was here, so it is fetched from its beginning");
    }

    /// <summary>Length of the whole file, where the server tells it, with <paramref name="file"/> set to where the body belongs.</summary>
    private static long? Accept(HttpResponseMessage response, Uri address, FileStream file)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.OK:
                file.SetLength(0); // all of it comes, whatever was asked for
                return response.Content.Headers.ContentLength;
            case HttpStatusCode.PartialContent when response.Content.Headers.ContentRange is { From: { } from } range && from == file.Length:
                file.Position = from;
                return range.Length;
            case HttpStatusCode.PartialContent:
                file.SetLength(0);
                throw new TransientFetchException("the server sent another part than was asked for, so it is fetched from its beginning");
            case HttpStatusCode.NotFound:
                throw new BadInputException($"There is nothing at {address} (404).");
            case HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden:
                throw new BadInputException($"{address} is refused ({(int)response.StatusCode}); set HF_TOKEN to a token that may read it.");
            case HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError:
                throw new TransientFetchException($"the server said {(int)response.StatusCode}") { RetryAfter = response.Headers.RetryAfter?.Delta };
            default:
                throw new BadInputException(
                    $"{address} was answered with {(int)response.StatusCode} ({response.ReasonPhrase}); 200 or 206 was expected.");
        }
    }

    /// <summary>Told before the rest comes: a full disk would end it after an hour. What is here already stays.</summary>
    private static void RequireRoom(string partial, Uri address, long bytes)
    {
        if (DiskSpace.FreeAt(Path.GetDirectoryName(Path.GetFullPath(partial))!) is { } free && free < bytes)
            throw DiskSpace.Full($"the rest of {address} has {MachineMemory.Text(bytes)}, and {MachineMemory.Text(free)} are free for {partial}");
    }

    private async Task ReceiveAsync(
        Stream body, FileStream file, Uri address, long? total, IProgress<FetchProgress>? progress, CancellationTokenSource stall)
    {
        byte[] buffer = new byte[BufferLength];
        bool isChecked = false;
        while (true)
        {
            stall.CancelAfter(options.Stall);
            int read = await body.ReadAsync(buffer, stall.Token).ConfigureAwait(false);
            if (read == 0)
                break;
            await file.WriteAsync(buffer.AsMemory(0, read), stall.Token).ConfigureAwait(false);
            if (!isChecked && file.Position >= TokenShardHeader.Length)
            {
                CheckHeader(file, address, total); // before the rest of something else is fetched
                isChecked = true;
            }
            progress?.Report(new FetchProgress(file.Position, total));
        }
    }

    private static void CheckHeader(FileStream file, Uri address, long? total)
    {
        long position = file.Position;
        var header = TokenShardHeader.Parse(FirstBytes(file), address.ToString());
        if (total is { } length && length != header.FileLength)
            throw new BadInputException($"{address} has {Counted.Of(length, "byte")}, and its header says {Counted.Of(header.Count, "token")}, so {Counted.Of(header.FileLength, "byte")}.");
        file.Position = position;
    }

    /// <summary>The whole file against its header; one that is too short can be continued.</summary>
    private static void Check(FileStream file, Uri address)
    {
        if (file.Length < TokenShardHeader.Length)
            throw new BadInputException(
                $"{address} is no token shard: it has {Counted.Of(file.Length, "byte")}, and the header alone has {TokenShardHeader.Length}.");
        byte[] first = FirstBytes(file);
        var header = TokenShardHeader.Parse(first, address.ToString());
        if (file.Length < header.FileLength)
            throw new TransientFetchException($"the connection ended at {file.Length} of {Counted.Of(header.FileLength, "byte")}");
        TokenShardHeader.Parse(first, file.Length, address.ToString());
    }

    private static byte[] FirstBytes(FileStream file)
    {
        byte[] bytes = new byte[TokenShardHeader.Length];
        file.Position = 0;
        file.ReadExactly(bytes);
        return bytes;
    }
}
