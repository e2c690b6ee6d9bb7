using SpecGD.Cli.Display;

namespace SpecGD.Cli.Tests;

/// <summary>Tables on a terminal stay within its width and break no word and no number; in a pipe a row is a line.</summary>
public class TableLayoutTests
{
    private static readonly TableLayout.Column
        Name = new(true, "method", ["gradient_descent", "specgd"]),
        Sentence = new(true, "claim", ["the stable rank of all post-activations stays low", "and is seen"]);

    private static TableLayout.Column Number(int width) => new(false, new string('x', width), ["1", "2"]);

    /// <summary>Tables as they are printed, of every experiment that takes no time, and of every figure's claims.</summary>
    public static TheoryData<string> Tables => [.. PrintedTables.All.Keys];

    [Theory]
    [MemberData(nameof(Tables))]
    public void No_word_is_broken_at_any_width_from_thirty_on(string name)
    {
        var columns = SummaryView.Columns(PrintedTables.All[name]);
        string[] words = [.. columns.SelectMany(column => column.Cells.Append(column.Heading)).SelectMany(cell => cell.Split(' ')).Select(word => word.TrimEnd(':'))];
        for (int width = 30; width <= 120; width++)
            foreach (string line in TextTable.Lines(columns, width))
            {
                foreach (string word in line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(word => word[0] != '─'))
                    words.ShouldContain(word.TrimEnd(':'), $"at {width} columns");
                line.Length.ShouldBeLessThanOrEqualTo(width, $"the terminal would break it: {line}");
            }
    }

    /// <summary>Where the columns that name a row have no room beside the others, a row is a block of lines, and no row is without its name.</summary>
    [Theory]
    [InlineData(30)]
    [InlineData(36)]
    [InlineData(80)]
    public void Every_row_keeps_what_names_it_at_any_width(int width)
    {
        TableLayout.Column[] columns =
        [
            new(true, "method", ["GD", "GD", "SpecGD"]), new(false, "method-lr", ["0.05", "0.1", "0.05"]), new(true, "metric", ["loss.final", "loss.final", "loss.final"]),
            new(false, "n", ["3", "2 of 3", "3"]), new(false, "geometric mean", ["0.5649", "(0.721)", "0.1383"]), new(false, "high", ["1.222", "(2.934)", "1.205"]),
        ];
        string[] lines = [.. TextTable.Lines(columns, width, keys: 3)];

        string[] parts = string.Join('\n', lines).Split("\n\n");
        bool isBlocks = lines.Any(line => line.Trim() == "method-lr: 0.1");
        isBlocks.ShouldBe(width < 80);
        if (isBlocks)
            parts.ShouldBe(parts.Distinct(), "each row has its own name");
        else
            parts.ShouldAllBe(part => part.Contains("method-lr", StringComparison.Ordinal));
        lines.ShouldAllBe(line => line.Length <= width);
    }

    [Fact]
    public void Lines_of_figures_and_names_of_runs_break_between_words_on_a_narrow_terminal()
    {
        const string row = "stable-rank-sweep      1.3 s  12 of 13 claims hold, 1 undecided  (from before)", name = "random-feature_relu_dim20_n50_steps300_seed0, feature-dim 10";
        Terminal.Row(row, null).ShouldBe([row]);
        Terminal.Row(row, row.Length).ShouldBe([row]);
        for (int width = 30; width < row.Length; width++)
        {
            string[] lines = [.. Terminal.Row(row, width)];
            lines.ShouldAllBe(line => line.Length <= width);
            string.Join(' ', lines.Select(line => line.Trim())).ShouldBe(string.Join(' ', row.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
            TableLayout.Wrapped(name, width).ShouldAllBe(line => line.Length <= width);
            string.Concat(TableLayout.Wrapped(name, width)).Replace(" ", "", StringComparison.Ordinal).ShouldBe(name.Replace(" ", "", StringComparison.Ordinal));
        }
    }

    [Fact]
    public void What_fits_stays_in_one_part_unwrapped() => ColumnsOf([Name, Number(9), Number(9)], 80).ShouldBe([[0, 1, 2]]);

    [Fact]
    public void Text_is_wrapped_before_a_table_is_parted() => ColumnsOf([Name, Sentence, Number(20)], 62).ShouldBe([[0, 1, 2]]);

    [Fact]
    public void Headings_are_wrapped_before_a_table_is_parted()
    {
        TableLayout.Column[] columns = [Name, .. Enumerable.Range(0, 6).Select(_ => new TableLayout.Column(false, "last loss of it", ["1.234e-5", "2"]))];
        ColumnsOf(columns, 80).ShouldBe([[0, 1, 2, 3, 4, 5, 6]]);
        string[] lines = [.. TextTable.Lines(columns, 80)];
        lines.ShouldAllBe(line => line.Length <= 80);
        lines.Count(line => line.Contains("loss", StringComparison.Ordinal) || line.Contains("last", StringComparison.Ordinal)).ShouldBeGreaterThan(1);
    }

    [Fact]
    public void A_wide_table_repeats_the_names_of_its_rows_and_parts_its_columns_evenly()
    {
        ColumnsOf([Name, Number(20), Number(20), Number(20), Number(20)], 80).ShouldBe([[0, 1, 2], [0, 3, 4]]);
        ColumnsOf([Name, Number(14), Number(14), Number(14), Number(14)], 70).ShouldBe([[0, 1, 2], [0, 3, 4]], "not three and one");
    }

    [Fact]
    public void Every_part_repeats_as_many_columns_as_tell_its_rows_apart()
    {
        TableLayout.Column same = new(true, "statement", ["thm2.6", "thm2.6"]), dimension = new(false, "d", ["8", "16"]);
        ColumnsOf([same, dimension, Number(20), Number(20), Number(20)], 60).ShouldBe([[0, 1, 2, 3], [0, 1, 4]]);
        ColumnsOf([same, same, Number(20), Number(20), Number(20)], 40).SelectMany(part => part).Count(i => i == 2).ShouldBe(1, "what would take half of the width is not repeated");
    }

    [Fact]
    public void Every_part_repeats_all_columns_that_name_a_row_also_numbers()
    {
        TableLayout.Column[] columns = [Name, Number(9), Number(20), Number(20), Number(20)];
        TableLayout.Parts(columns, 80, keys: 2).Select(part => part.Columns.ToArray()).ToArray().ShouldBe([[0, 1, 2, 3], [0, 1, 4]]);
        TextTable.Lines(columns, 80, keys: 2).ShouldAllBe(line => line.Length <= 80);
        TableLayout.Parts(columns, 40, keys: 2).Select(part => part.Columns[0]).ShouldAllBe(first => first == 0, "where keys leave no room, one is told");
    }

    [Fact]
    public void Where_nothing_fits_a_part_still_has_a_column_beside_the_name() =>
        ColumnsOf([Name, Number(90), Number(5)], 40).ShouldBe([[0, 1], [0, 2]]);

    [Fact]
    public void A_table_of_numbers_is_named_by_its_first_column() =>
        ColumnsOf([Number(10), Number(10), Number(10), Number(10)], 30).ShouldBe([[0, 1], [0, 2], [0, 3]]);

    [Fact]
    public void Names_that_would_fill_the_line_are_told_once() =>
        ColumnsOf([Name, new(true, "place", ["somewhere_very_far_from_here", "here"]), Number(20), Number(30)], 60).ShouldBe([[0, 1], [0, 2], [0, 3]]);

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(80)]
    public void No_word_is_broken_at_any_width(int width)
    {
        TableLayout.Column[] columns = [Name, Sentence, new(false, "first loss", ["0.123456789", "12"]), new(true, "measured", ["nr = 61.5 at step 12", "–"])];
        string[] words = [.. TextTable.Lines(columns, width).SelectMany(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)).Where(word => word[0] != '─').Distinct()];
        string[] known = [.. columns.SelectMany(column => column.Cells.Append(column.Heading)).SelectMany(text => text.Split(' '))];
        words.Except(known).ShouldBeEmpty();
        known.Except(words).ShouldBeEmpty();
        TextTable.Lines(columns, width).ShouldAllBe(line => line.Length <= width && line == line.TrimEnd());
    }

    [Fact]
    public void A_piped_table_has_a_line_for_the_headings_and_one_for_each_row() => TextTable.Lines([Name, Sentence, Number(3)], null).ShouldBe(
    [
        "  method            claim                                              xxx",
        "  gradient_descent  the stable rank of all post-activations stays low    1",
        "  specgd            and is seen                                          2",
    ]);

    private static int[][] ColumnsOf(TableLayout.Column[] columns, int width) => [.. TableLayout.Parts(columns, width).Select(part => part.Columns.ToArray())];
}
