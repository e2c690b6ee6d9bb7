using SpecGD.Figures.Drawing;
using SpecGD.Figures.Gnuplot;
using SpecGD.Figures.Model;

namespace SpecGD.Figures.Tests.Gnuplot;

/// <summary>Texts beside points lie over no other text, over no point, and within the frame.</summary>
public class NoteRoomTests
{
    private const double Width = 3;

    /// <summary>Twelve crosses, a text's width apart or nearer, at the upper edge: the nearer they are, the fewer have a text.</summary>
    [Theory]
    [InlineData(0.08, 12, 12)]
    [InlineData(0.03, 4, 11)]
    [InlineData(0.001, 1, 4)]
    public void Crosses_near_to_one_another_have_as_many_texts_as_there_is_room_for(double apart, int least, int most)
    {
        double[] x = [.. Enumerable.Range(0, 12).Select(i => 0.05 + (i * apart))];
        var marks = new EdgeMarks(x, [.. x.Select(_ => (FigureText)"0 of 3")], 0.95, Palette.SpecGd);
        var panel = FigurePlan.Of(
            new Figure("crosses", [new Panel("", new Axis("x") { From = 0, To = 1 }, new Axis("y") { From = 0, To = 1 }, [marks])], ""), FigureFont.Preferred).Panels[0];
        var room = new NoteRoom(panel);

        var sides = x.Select(place => room.Take(place, 0.95, Width)).ToArray();

        sides.ShouldAllBe(side => side != NoteSide.Above, "the frame is there");
        sides.Count(side => side != NoteSide.None).ShouldBeInRange(least, most);
        room.Take(x[0], 0.95, Width).ShouldBe(NoteSide.None, "what was given is taken");
    }

    [Fact]
    public void A_text_stands_by_choice_on_the_side_that_is_the_farther_from_the_frame()
    {
        var point = new PointCurve([0.2, 0.8], [0.5, 0.5], Palette.SpecGd);
        var panel = FigurePlan.Of(
            new Figure("points", [new Panel("", new Axis("x") { From = 0, To = 1 }, new Axis("y") { From = 0, To = 1 }, [point])], ""), FigureFont.Preferred).Panels[0];
        var room = new NoteRoom(panel);

        room.Take(0.2, 0.5, Width).ShouldBe(NoteSide.Right);
        room.Take(0.8, 0.5, Width).ShouldBe(NoteSide.Left);
    }
}
