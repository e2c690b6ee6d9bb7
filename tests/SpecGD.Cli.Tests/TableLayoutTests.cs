using SpecGD.Cli.Display;

namespace SpecGD.Cli.Tests;

public class TableLayoutTests
{
    private static readonly TableLayout.Column
        Name = new(true, "method", ["gradient_descent", "specgd"]),
        Sentence = new(true, "claim", ["the stable rank of all post-activations stays low"]);

    private static TableLayout.Column Number(int width) => new(false, new string('x', width), ["1"]);

    [Fact]
    public void What_fits_stays_in_one_part() => TableLayout.Parts([Name, Number(9), Number(9)], 80).ShouldBe([[0, 1, 2]]);

    [Fact]
    public void Text_is_wrapped_before_a_table_is_parted() => TableLayout.Parts([Name, Sentence, Number(20)], 62).ShouldBe([[0, 1, 2]]);

    [Fact]
    public void A_wide_table_repeats_the_names_of_its_rows()
    {
        var parts = TableLayout.Parts([Name, Number(20), Number(20), Number(20), Number(20)], 80);

        parts.ShouldBe([[0, 1, 2], [0, 3, 4]]);
    }

    [Fact]
    public void Where_nothing_fits_a_part_still_has_a_column_beside_the_name() =>
        TableLayout.Parts([Name, Number(90), Number(5)], 40).ShouldBe([[0, 1], [0, 2]]);

    [Fact]
    public void A_table_of_numbers_is_named_by_its_first_column() =>
        TableLayout.Parts([Number(10), Number(10), Number(10), Number(10)], 30).ShouldBe([[0, 1], [0, 2], [0, 3]]);

    [Fact]
    public void Names_that_would_fill_the_line_are_told_once() =>
        TableLayout.Parts([Name, new(true, "place", ["somewhere_very_far_from_here"]), Number(20), Number(30)], 60).ShouldBe([[0, 1], [0, 2], [0, 3]]);
}
