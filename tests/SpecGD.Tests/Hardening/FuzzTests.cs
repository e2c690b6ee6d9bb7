using SpecGD.Hardening.Fuzzing;

namespace SpecGD.Tests.Hardening;

/// <summary>A share of what 'specgd verify fuzz' does with a million files, and parsers that are broken on purpose, which it must find.</summary>
public sealed class FuzzTests : IDisposable
{
    private const int Seed = 20261122, Inputs = 6000;

    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-fuzz-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public static TheoryData<string> Names => [.. FuzzParser.Names];

    [Fact]
    public void No_parser_stumbles_over_damaged_files()
    {
        var rows = new FuzzRun(new FuzzOptions { Inputs = Inputs, Seed = Seed, Threads = 2 }, TimeProvider.System).Run(FuzzParser.All, _ => { }, default);

        rows.Sum(row => row.Inputs).ShouldBe(Inputs);
        rows.SelectMany(row => row.Failures).ShouldBeEmpty();
        foreach (var row in rows.Where(row => row.Parser != "attempts")) // whose reader passes over what a crash cut short
            row.Refused.ShouldBePositive(row.Parser + ": damage that is never noticed tests nothing");
        rows.Count(row => row.Accepted > 0).ShouldBeGreaterThan(rows.Count / 2, "and some damage must be harmless, else only the first check is tested");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_whole_file_is_accepted(string name)
    {
        var parser = FuzzParser.Named(name);
        parser.Prepare(_folder);
        string path = Path.Combine(_folder, parser.FileName);
        File.WriteAllBytes(path, parser.Seeds[0]);

        Should.NotThrow(() => parser.Parse(path));
    }

    [Fact]
    public void The_names_are_those_of_the_parsers() => FuzzParser.Names.ShouldBe(FuzzParser.All.Select(parser => parser.Name));

    [Fact]
    public void The_same_seed_makes_the_same_files_and_another_seed_others()
    {
        foreach (var parser in FuzzParser.All)
        {
            string[] Files(int seed) => [.. Enumerable.Range(0, 50).Select(i => Convert.ToHexString(FuzzRun.Input(parser, seed, i)))];
            string[] one = Files(Seed);
            Files(Seed).SequenceEqual(one).ShouldBeTrue(parser.Name);
            Files(Seed + 1).Zip(one).Count(pair => pair.First != pair.Second).ShouldBeGreaterThan(25, parser.Name);
        }
    }

    [Fact]
    public void A_parser_that_throws_what_it_should_not_is_found_and_the_file_is_kept()
    {
        var broken = Broken(path => GC.KeepAlive((new int[10])[File.ReadAllBytes(path)[2]]));

        var row = Try(broken, new FuzzOptions { Inputs = 500, Seed = Seed, Keep = _folder });

        row.Failures.ShouldNotBeEmpty();
        row.Failures[0].ShouldContain(nameof(IndexOutOfRangeException));
        int number = int.Parse(row.Failures[0].Split("input ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        string kept = Directory.EnumerateFiles(_folder).Single(file => file.Contains($"-{number}-", StringComparison.Ordinal));
        File.ReadAllBytes(kept).ShouldBe(FuzzRun.Input(broken, Seed, number));
    }

    [Fact]
    public void A_parser_that_believes_a_length_is_found_by_what_it_allocates()
    {
        var row = Try(Broken(path => GC.KeepAlive(new byte[File.ReadAllBytes(path)[0] * 1_000_000])), new FuzzOptions { Inputs = 500, Seed = Seed });

        row.Failures.ShouldNotBeEmpty();
        row.Failures[0].ShouldContain("bytes were allocated for a file of");
    }

    [Fact]
    public void A_parser_that_never_ends_is_found_and_named()
    {
        using var never = new ManualResetEvent(false);
        var options = new FuzzOptions { Inputs = 500, Seed = Seed, TimeLimit = TimeSpan.FromMilliseconds(100) };

        var row = Try(Broken(path => _ = File.ReadAllBytes(path)[0] > 200 && never.WaitOne()), options);

        row.Failures.ShouldContain(failure => failure.Contains("it had not ended after", StringComparison.Ordinal));
        never.Set();
    }

    [Fact]
    public void A_refusal_that_does_not_name_the_file_is_found()
    {
        var row = Try(Broken(_ => throw new BadInputException("no")), new FuzzOptions { Inputs = 10, Seed = Seed });

        row.Failures.Count.ShouldBeGreaterThan(5); // a file too short is accepted
        row.Failures[0].ShouldContain("without naming the file");
    }

    private static FuzzRow Try(FuzzParser parser, FuzzOptions options) => new FuzzRun(options, TimeProvider.System).Run([parser], _ => { }, default).Single();

    private static FuzzParser Broken(Action<string> parse) => new("broken", "x.bin", [[1, 2, 3, 4, 5, 6, 7, 8]], Mutation.OfBytes, path =>
    {
        if (File.ReadAllBytes(path).Length >= 3)
            parse(path);
    });
}
