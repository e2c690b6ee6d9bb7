using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using SpecGD.Data.Language.Tokens;

namespace SpecGD.Hardening.Survival;

/// <summary>
/// A server of this machine alone that gives token shards over HTTP, slowly and in any part that is asked for, so that a download can be killed in
/// its middle.
/// </summary>
internal sealed class ShardHost : IDisposable
{
    /// <summary>Tokens of a shard: its file has some 200 KB.</summary>
    private const int Tokens = 100_000;

    private const int Piece = 1 << 14;

    /// <summary>Between two pieces, so that a shard takes about an eighth of a second.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private static readonly Lazy<ShardHost> Started = new(() => new ShardHost());

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    private ShardHost()
    {
        _listener.Start();
        _ = Task.Run(AcceptAsync);
    }

    /// <summary>The one of this process.</summary>
    public static ShardHost Shared => Started.Value;

    /// <summary>Where it is.</summary>
    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}"));

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    /// <summary>The shard of a name; another name, another shard.</summary>
    internal static byte[] Shard(string name)
    {
        byte[] bytes = new byte[TokenShardHeader.FileLengthOf(Tokens)];
        new TokenShardHeader(Tokens).Write(bytes);
        uint state = (uint)name.Sum(c => c * 2654435761L);
        for (int i = TokenShardHeader.Length; i < bytes.Length; i++)
        {
            state = (state * 1664525) + 1013904223; // a linear congruential generator: any bytes will do, the same ones each time
            bytes[i] = (byte)(state >> 24);
        }
        return bytes;
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = await _listener.AcceptTcpClientAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return; // it was stopped
            }
            _ = Task.Run(() => AnswerAsync(client));
        }
    }

    private static async Task AnswerAsync(TcpClient client)
    {
        try
        {
            using var connection = client;
            var stream = connection.GetStream();
            await using var closing = stream.ConfigureAwait(false);
            using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
            string request = await reader.ReadLineAsync().ConfigureAwait(false) ?? "";
            int from = 0;
            while (await reader.ReadLineAsync().ConfigureAwait(false) is { Length: > 0 } line)
                if (line.StartsWith("Range: bytes=", StringComparison.OrdinalIgnoreCase))
                    from = int.Parse(line["Range: bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture);
            byte[] shard = Shard(request.Split(' ')[1].Split('/')[^1]);
            await stream.WriteAsync(Head(from, shard.Length)).ConfigureAwait(false);
            for (int at = from; at < shard.Length; at += Piece)
            {
                await stream.WriteAsync(shard.AsMemory(at, Math.Min(Piece, shard.Length - at))).ConfigureAwait(false);
                await Task.Delay(Pause).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // the other side was killed, as it should be
        }
    }

    private static byte[] Head(int from, int length)
    {
        string status = from == 0 ? "200 OK" : from < length ? "206 Partial Content" : "416 Range Not Satisfiable";
        string range = from == 0 ? "" : $"Content-Range: bytes {(from < length ? $"{from}-{length - 1}" : "*")}/{length}\r\n";
        return Encoding.ASCII.GetBytes($"HTTP/1.1 {status}\r\n{range}Content-Length: {Math.Max(0, length - from)}\r\nConnection: close\r\n\r\n");
    }
}
