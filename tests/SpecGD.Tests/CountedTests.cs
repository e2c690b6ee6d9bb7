using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace SpecGD.Tests;

/// <summary>Numbers and the nouns that they count agree, and one function makes them.</summary>
public partial class CountedTests
{
    /// <summary>Messages of programming errors in an assembly below the function, a file of the system's, a constant, columns × rows, and a sentence on several at once.</summary>
    private static readonly string[] NoCounts = ["Matrix.cs: ", "BufferPartition.cs: ", "ElfImage.cs: ", "{BlockSize}", "FigurePlan.cs: {rows}", "SweepFigures.cs: {settings.Select("];

    [Theory]
    [InlineData(1, "step", "1 step")]
    [InlineData(0, "step", "0 steps")]
    [InlineData(2, "claim of our own", "2 claims of our own")]
    [InlineData(1, "correction of the paper’s print", "1 correction of the paper’s print")]
    [InlineData(2, "entry", "2 entries")]
    [InlineData(3, "batch", "3 batches")]
    [InlineData(2, "training token", "2 training tokens")]
    [InlineData(3, "day", "3 days")]
    public void A_noun_goes_with_its_number(int count, string noun, string words) => Counted.Of(count, noun).ShouldBe(words);

    [Theory]
    [InlineData(1, 1, "holds")]
    [InlineData(0, 1, "holds")]
    [InlineData(1, 3, "holds")]
    [InlineData(2, 3, "hold")]
    [InlineData(0, 3, "hold")]
    public void A_verb_goes_with_so_many_of_so_many(int some, int all, string verb) => Counted.Verb(some, all, "holds").ShouldBe(verb);

    [Fact]
    public void No_message_puts_a_plural_behind_a_number_that_may_be_one()
    {
        var found = Directory.EnumerateFiles(Path.Combine(Folder(), "..", "..", "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .SelectMany(file => File.ReadLines(file).Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
                .SelectMany(line => CountWithPlural().Matches(line)).Select(match => $"{Path.GetFileName(file)}: {match.Value}"))
            .Where(place => !NoCounts.Any(none => place.Contains(none, StringComparison.Ordinal)));

        found.ShouldBeEmpty("Counted.Of makes the plural");
    }

    /// <summary>The expression within braces is a count: a property or method that counts, or a plain variable, without a format of decimals.</summary>
    [GeneratedRegex(@"\{[^{}"":?]*(?:Count\b|Count\(\)|Length|Size|Total|Ranks|Steps|Tokens|Seeds|steps|tokens|seeds|cases|runs|count|total|open|missing|kills|ranks|length|rows|samples)\} (?:training |validation |logical |sampled |wrong )?(?:steps|tasks|claims|figures|tokens|layers|panels|frames|failures|threads|ranks|settings|results|epochs|sequences|documents|files|shards|values|elements|repetitions|methods|measurements|processors|workers|cases|points|seeds|runs|samples|parameters|bytes|blocks|rows)\b")]
    private static partial Regex CountWithPlural();

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
