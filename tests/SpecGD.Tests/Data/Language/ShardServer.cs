using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace SpecGD.Tests.Data.Language;

/// <summary>A web server on this machine that misbehaves as it is told, once for each request; then it serves its file well.</summary>
internal sealed class ShardServer : IDisposable
{
    /// <summary>A server that was closed ends at once; one that does not must not hold up the tests for ever.</summary>
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(30);

    private readonly HttpListener _listener = new();
    private readonly byte[] _file;
    private readonly ConcurrentQueue<Action<HttpListenerContext, byte[]>> _misbehaviour;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _work;

    public ShardServer(byte[] file, params Action<HttpListenerContext, byte[]>[] misbehaviour)
    {
        _file = file;
        _misbehaviour = new(misbehaviour);
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Address = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
            probe.Stop();
        }
        _listener.Prefixes.Add(Address.ToString());
        _listener.Start();
        _work = Task.Run(ServeAsync);
    }

    public Uri Address { get; }

    /// <summary>Of each request: its path, what part it asked for, and its authorization.</summary>
    public ConcurrentQueue<(string Path, string? Range, string? Authorization)> Requests { get; } = new();

    /// <summary>The file or the part of it that is asked for.</summary>
    public static void Well(HttpListenerContext context, byte[] file)
    {
        int from = context.Request.Headers["Range"] is { } range ? int.Parse(range["bytes=".Length..^1], CultureInfo.InvariantCulture) : 0;
        if (from >= file.Length)
        {
            context.Response.StatusCode = 416;
            context.Response.Headers["Content-Range"] = $"bytes */{file.Length}";
            context.Response.Close();
            return;
        }
        if (from > 0)
        {
            context.Response.StatusCode = 206;
            context.Response.Headers["Content-Range"] = $"bytes {from}-{file.Length - 1}/{file.Length}";
        }
        context.Response.ContentLength64 = file.Length - from;
        context.Response.OutputStream.Write(file, from, file.Length - from);
        context.Response.Close();
    }

    /// <summary>All of the file, whatever was asked for.</summary>
    public static void WithoutRanges(HttpListenerContext context, byte[] file)
    {
        context.Response.ContentLength64 = file.Length;
        context.Response.OutputStream.Write(file);
        context.Response.Close();
    }

    /// <summary>The part from the beginning to <paramref name="bytes"/>, and then the connection is gone.</summary>
    public static Action<HttpListenerContext, byte[]> DropAfter(int bytes) => (context, file) =>
    {
        context.Response.ContentLength64 = file.Length;
        context.Response.OutputStream.Write(file, 0, bytes);
        context.Response.OutputStream.Flush();
        context.Response.Abort();
    };

    public static Action<HttpListenerContext, byte[]> Status(int status, string? retryAfter = null) => (context, _) =>
    {
        context.Response.StatusCode = status;
        if (retryAfter is not null)
            context.Response.Headers["Retry-After"] = retryAfter;
        context.Response.Close();
    };

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Close();
        _work.Wait(EndLimit).ShouldBeTrue("the server ends when it is closed");
        _stop.Dispose();
    }

    /// <summary>Sends a part and then nothing, with the connection open, until the server ends.</summary>
    public void Stall(HttpListenerContext context, byte[] file)
    {
        context.Response.ContentLength64 = file.Length;
        context.Response.OutputStream.Write(file, 0, 1500);
        context.Response.OutputStream.Flush();
        _stop.Token.Register(context.Response.Abort);
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                Requests.Enqueue((context.Request.Url!.AbsolutePath, context.Request.Headers["Range"], context.Request.Headers["Authorization"]));
                try
                {
                    (_misbehaviour.TryDequeue(out var wrongly) ? wrongly : Well)(context, _file);
                }
                catch (Exception e) when (e is HttpListenerException or IOException)
                {
                    // The client went away in the middle, as some tests have it.
                }
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The server was closed.
        }
    }
}
