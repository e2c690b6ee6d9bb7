using System.Net;
using System.Net.Sockets;
using SpecGD.Data.Language.Tokens;

namespace SpecGD.Cli.Tests;

/// <summary>A fetch that fails or is stopped says what is true, in words that are no runtime's, and leaves no empty folder.</summary>
public sealed class FetchFailureTests : InTemporaryDirectory
{
    /// <summary>Bytes that a stalling server sends: more than is held back before it is written.</summary>
    private const int Sent = 400_000;

    private static readonly string[] Fetch = ["data", "fetch", "fineweb10B", "--shards", "0", "--tries", "2", "--output", "out", "--base-url"];

    [Theory]
    [InlineData(0, 1)]
    [InlineData(503, 1)]
    [InlineData(404, 2)]
    [InlineData(401, 2)]
    public void A_fetch_that_fails_leaves_no_folder(int status, int exitCode)
    {
        using var server = status > 0 ? new StubServer(context => Answer(context, status)) : null;

        var said = Specgd([.. Fetch, server?.Address ?? $"http://127.0.0.1:{StubServer.FreePort()}/"]);

        said.ExitCode.ShouldBe(exitCode, said.Error);
        Directory.Exists(Path.Combine(Folder, "out")).ShouldBeFalse();
    }

    [Fact]
    public void What_the_network_did_is_said_in_words()
    {
        using var server = new StubServer(static context =>
        {
            SendPart(context);
            context.Response.Abort();
        });

        var said = Specgd([.. Fetch, server.Address]);

        said.ExitCode.ShouldBe(1);
        said.Error.ShouldContain("the server closed the connection before all had come");
        said.Error.ShouldNotMatch(@"\([A-Z][a-z]+[A-Z][A-Za-z]*\)", "the name of an error of .NET");
    }

    [SkippableFact]
    public void Stopped_before_anything_came_it_says_so_and_leaves_nothing()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no such signals");
        using var asked = new ManualResetEventSlim();
        using var server = new StubServer(_ => asked.Set());
        using var process = SpecgdProcess.Start(Folder, [.. Fetch, server.Address]);

        var said = SpecgdProcess.SignalOnce(process, () => asked.IsSet, "INT");

        said.ExitCode.ShouldBe(130, said.Error);
        said.Error.ShouldContain("stopped before anything had arrived: nothing is stored");
        said.Error.ShouldNotContain("trying again");
        Directory.Exists(Path.Combine(Folder, "out")).ShouldBeFalse();
    }

    /// <summary>Nobody listens: the part of the first file is there, and empty.</summary>
    [SkippableFact]
    public void Stopped_while_it_tries_again_it_leaves_no_empty_part()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no such signals");
        using var process = SpecgdProcess.Start(Folder, ["data", "fetch", "fineweb10B", "--shards", "0", "--output", "out", "--base-url", $"http://127.0.0.1:{StubServer.FreePort()}/"]);
        var part = new FileInfo(Path.Combine(Folder, "out", "fineweb_val_000000.bin.partial"));

        var said = SpecgdProcess.SignalOnce(process, () =>
        {
            part.Refresh();
            return part.Exists;
        }, "INT");

        said.ExitCode.ShouldBe(130, said.Error);
        said.Error.ShouldContain("stopped before anything had arrived: nothing is stored");
        Directory.Exists(Path.Combine(Folder, "out")).ShouldBeFalse();
    }

    [SkippableFact]
    public void Stopped_within_a_file_it_names_the_part_that_is_kept_and_no_whole_shard()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no such signals");
        using var server = new StubServer(static context => SendPart(context));
        using var process = SpecgdProcess.Start(Folder, [.. Fetch, server.Address]);
        var part = new FileInfo(Path.Combine(Folder, "out", "fineweb_val_000000.bin.partial"));

        var said = SpecgdProcess.SignalOnce(process, () =>
        {
            part.Refresh();
            return part is { Exists: true, Length: > 0 };
        }, "INT");

        said.ExitCode.ShouldBe(130, said.Error);
        said.Error.ShouldContain("stopped: out has fineweb_val_000000.bin.partial with");
        said.Error.ShouldNotContain("whole shard");
        said.Error.ShouldNotContain("trying again");
        part.Refresh();
        part.Length.ShouldBeInRange(TokenShardHeader.Length, Sent);
    }

    private static void Answer(HttpListenerContext context, int status)
    {
        context.Response.StatusCode = status;
        context.Response.Close();
    }

    /// <summary>The beginning of a shard, and then nothing with the connection open.</summary>
    private static void SendPart(HttpListenerContext context)
    {
        const int tokens = 1_000_000;
        byte[] shard = new byte[Sent];
        new TokenShardHeader(tokens).Write(shard);
        context.Response.ContentLength64 = TokenShardHeader.FileLengthOf(tokens);
        context.Response.OutputStream.Write(shard);
        context.Response.OutputStream.Flush();
    }

    /// <summary>A web server on this machine that answers every request in one way.</summary>
    private sealed class StubServer : IDisposable
    {
        private readonly HttpListener _listener = new();

        public StubServer(Action<HttpListenerContext> answer)
        {
            Address = $"http://127.0.0.1:{FreePort()}/";
            _listener.Prefixes.Add(Address);
            _listener.Start();
            _ = ServeAsync(answer);
        }

        public string Address { get; }

        public static int FreePort()
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            return ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        public void Dispose() => _listener.Close();

        private async Task ServeAsync(Action<HttpListenerContext> answer)
        {
            try
            {
                while (true)
                    answer(await _listener.GetContextAsync());
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
            {
                // The server was closed, or the client went away.
            }
        }
    }
}
