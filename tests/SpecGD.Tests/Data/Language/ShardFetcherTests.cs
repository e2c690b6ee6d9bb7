using SpecGD.Data.Language.Fetching;
using SpecGD.Data.Language.Tokens;

namespace SpecGD.Tests.Data.Language;

public sealed class ShardFetcherTests : IDisposable
{
    private static readonly FetchOptions Fast = new() { FirstWait = TimeSpan.FromMilliseconds(1), Tries = 3 };

    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-fetch-").FullName;
    private readonly HttpClient _client = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly List<string> _remarks = [];

    private string Target => Path.Combine(_folder, "fineweb_val_000000.bin");

    private string Partial => Target + ShardFetcher.PartialSuffix;

    public void Dispose()
    {
        _client.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_shard_is_fetched_and_when_it_is_there_not_again()
    {
        byte[] file = Shard(5000);
        using var server = new ShardServer(file);
        var reports = new List<FetchProgress>();

        (await FetchAsync(server, Fast with { Token = "secret" }, new Reports(reports))).ShouldBe(FetchResult.Fetched);
        (await FetchAsync(server)).ShouldBe(FetchResult.WasThere);

        File.ReadAllBytes(Target).ShouldBe(file);
        File.Exists(Partial).ShouldBeFalse();
        server.Requests.ShouldBe([("/fineweb_val_000000.bin", null, "Bearer secret")]);
        reports[^1].ShouldBe(new FetchProgress(file.Length, file.Length));
    }

    [Fact]
    public async Task A_dropped_connection_is_continued_where_it_broke()
    {
        byte[] file = Shard(200_000);
        using var server = new ShardServer(file, ShardServer.DropAfter(250_000));

        (await FetchAsync(server)).ShouldBe(FetchResult.Fetched);

        File.ReadAllBytes(Target).ShouldBe(file);
        var requests = server.Requests.ToArray();
        requests.Length.ShouldBe(2);
        requests[1].Range.ShouldNotBeNull("the second request asks for the rest alone");
        _remarks.Single().ShouldContain("the server closed the connection before all had come; trying again in");
        _remarks.Single().ShouldNotContain("(", customMessage: "no name that the runtime has for it");
    }

    [Fact]
    public async Task A_later_call_goes_on_from_what_an_earlier_one_left()
    {
        byte[] file = Shard(5000);
        File.WriteAllBytes(Partial, file[..3000]);
        using var server = new ShardServer(file);

        await FetchAsync(server);

        server.Requests.Single().Range.ShouldBe("bytes=3000-");
        File.ReadAllBytes(Target).ShouldBe(file);
    }

    [Fact]
    public async Task A_part_that_is_whole_already_gets_its_name()
    {
        byte[] file = Shard(5000);
        File.WriteAllBytes(Partial, file);
        using var server = new ShardServer(file);

        await FetchAsync(server);

        server.Requests.Count.ShouldBe(1);
        File.ReadAllBytes(Target).ShouldBe(file);
    }

    [Fact]
    public async Task A_part_longer_than_the_server_s_file_is_begun_anew()
    {
        byte[] file = Shard(5000);
        File.WriteAllBytes(Partial, Shard(9000));
        using var server = new ShardServer(file);

        await FetchAsync(server);

        File.ReadAllBytes(Target).ShouldBe(file);
    }

    [Fact]
    public async Task A_server_that_knows_no_parts_sends_all_of_it_again()
    {
        byte[] file = Shard(5000);
        File.WriteAllBytes(Partial, file[..3000]);
        using var server = new ShardServer(file, ShardServer.WithoutRanges);

        await FetchAsync(server);

        File.ReadAllBytes(Target).ShouldBe(file);
    }

    [Fact]
    public async Task A_damaged_file_in_its_place_is_fetched_anew()
    {
        byte[] file = Shard(5000);
        File.WriteAllBytes(Target, file[..3000]);
        using var server = new ShardServer(file);

        (await FetchAsync(server)).ShouldBe(FetchResult.Fetched);

        File.ReadAllBytes(Target).ShouldBe(file);
    }

    [Fact]
    public async Task A_wrong_length_is_bad_input_and_nothing_is_kept()
    {
        using var server = new ShardServer([.. Shard(5000), 0, 0]);

        (await Should.ThrowAsync<BadInputException>(() => FetchAsync(server))).Message
            .ShouldEndWith("has 11026 bytes, and its header says 5000 tokens, so 11024 bytes.");
        Directory.EnumerateFiles(_folder).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_wrong_magic_number_is_bad_input_and_nothing_is_kept()
    {
        using var server = new ShardServer([.. "<html>"u8, .. new byte[4000]]);

        (await Should.ThrowAsync<BadInputException>(() => FetchAsync(server))).Message.ShouldContain("is no token shard: it begins with");
        Directory.EnumerateFiles(_folder).ShouldBeEmpty();
        using var small = new ShardServer([.. "<html>"u8]);
        (await Should.ThrowAsync<BadInputException>(() => FetchAsync(small))).Message.ShouldContain("it has 6 bytes, and the header alone has 1024");
    }

    [Theory]
    [InlineData(404, "There is nothing at")]
    [InlineData(401, "set HF_TOKEN")]
    [InlineData(403, "set HF_TOKEN")]
    [InlineData(410, "was answered with 410")]
    public async Task A_refusal_is_bad_input_at_once(int status, string sentence)
    {
        using var server = new ShardServer(Shard(10), ShardServer.Status(status));

        (await Should.ThrowAsync<BadInputException>(() => FetchAsync(server))).Message.ShouldContain(sentence);
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_busy_server_is_asked_again_when_it_says()
    {
        using var server = new ShardServer(Shard(10), ShardServer.Status(503), ShardServer.Status(429, retryAfter: "7"));

        await FetchAsync(server, Fast with { LongestWait = TimeSpan.FromMilliseconds(3) });

        server.Requests.Count.ShouldBe(3);
        _remarks.Count.ShouldBe(2);
        _remarks[1].ShouldContain("the server said 429");
    }

    [Fact]
    public async Task A_connection_that_brings_nothing_is_given_up_and_tried_again()
    {
        byte[] file = Shard(5000);
        ShardServer server = null!;
        using (server = new ShardServer(file, (context, f) => server.Stall(context, f)))
        {
            await FetchAsync(server, Fast with { Stall = TimeSpan.FromMilliseconds(300) });

            File.ReadAllBytes(Target).ShouldBe(file);
            _remarks.Single().ShouldContain("nothing came for 0.3 s");
        }
    }

    [Fact]
    public async Task Tries_without_progress_end_and_what_has_come_is_kept()
    {
        byte[] file = Shard(5000);
        File.WriteAllBytes(Partial, file[..3000]);
        using var server = new ShardServer(file, [.. Enumerable.Repeat(ShardServer.Status(500), 3)]);

        (await Should.ThrowAsync<IOException>(() => FetchAsync(server))).Message.ShouldContain("the server said 500 after 3 tries without progress; what has arrived stays");

        File.ReadAllBytes(Partial).ShouldBe(file[..3000]);
        File.Exists(Target).ShouldBeFalse();
    }

    [Fact]
    public async Task Where_nobody_listens_it_says_so()
    {
        Uri nobody;
        using (var server = new ShardServer([]))
            nobody = server.Address;
        var fetcher = new ShardFetcher(_client, Fast, TimeProvider.System);

        string said = (await Should.ThrowAsync<IOException>(() => fetcher.FetchAsync(nobody, Target))).Message;

        said.ShouldContain("could not be fetched: Connection refused");
        said.ShouldContain("nothing has come");
        File.Exists(Partial).ShouldBeFalse("an empty file is nothing to go on from");
    }

    [Fact]
    public async Task Stopped_it_keeps_what_has_come_under_another_name()
    {
        byte[] file = Shard(5000);
        using var stop = new CancellationTokenSource();
        ShardServer server = null!;
        using (server = new ShardServer(file, (context, f) => server.Stall(context, f)))
        {
            var fetcher = new ShardFetcher(_client, Fast, TimeProvider.System);
            await Should.ThrowAsync<OperationCanceledException>(() =>
                fetcher.FetchAsync(new Uri(server.Address, "x"), Target, new StopAtFirstReport(stop), _remarks.Add, stop.Token));
        }
        _remarks.ShouldBeEmpty("a request to stop is no failure to be tried again");

        File.Exists(Target).ShouldBeFalse();
        File.ReadAllBytes(Partial).ShouldBe(file[..1500]);
    }

    [Fact]
    public void Published_shards_have_the_addresses_of_the_hub()
    {
        var published = PublishedShards.Named("fineweb10b");

        published.Files(2).ShouldBe(["fineweb_val_000000.bin", "fineweb_train_000001.bin", "fineweb_train_000002.bin"]);
        published.Address(new Uri("https://huggingface.co"), "fineweb_train_000001.bin").ToString()
            .ShouldBe("https://huggingface.co/datasets/kjj0/fineweb10B-gpt2/resolve/main/fineweb_train_000001.bin");
        PublishedShards.Named("finewebedu10B").Files(99)[99].ShouldBe("finewebedu_train_000099.bin");
        PublishedShards.Named("fineweb100B").Files(1030).Count.ShouldBe(1031);
        Should.Throw<BadInputException>(() => published.Files(104)).Message.ShouldContain("has 103 training shards; 104 were asked for");
        Should.Throw<BadInputException>(() => PublishedShards.Named("pile")).Message.ShouldContain("there are fineweb10B, fineweb100B, finewebedu10B");
    }

    private Task<FetchResult> FetchAsync(ShardServer server, FetchOptions? options = null, IProgress<FetchProgress>? progress = null) =>
        new ShardFetcher(_client, options ?? Fast, TimeProvider.System)
            .FetchAsync(new Uri(server.Address, "fineweb_val_000000.bin"), Target, progress, _remarks.Add);

    private static byte[] Shard(int tokens)
    {
        byte[] bytes = new byte[TokenShardHeader.FileLengthOf(tokens)];
        for (int i = TokenShardHeader.Length; i < bytes.Length; i++)
            bytes[i] = (byte)(i * 7);
        new TokenShardHeader(tokens).Write(bytes);
        return bytes;
    }

    private sealed class Reports(List<FetchProgress> all) : IProgress<FetchProgress>
    {
        public void Report(FetchProgress value) => all.Add(value);
    }

    private sealed class StopAtFirstReport(CancellationTokenSource source) : IProgress<FetchProgress>
    {
        public void Report(FetchProgress value) => source.Cancel();
    }
}
