using SpecGD.Figures.Drawing;
using SpecGD.Figures.Fonts;
using SpecGD.Figures.Model;
using SpecGD.Figures.Rendering;

namespace SpecGD.Figures.Tests.Rendering;

/// <summary>Texts beside points lie over no other text, over no point, and within the frame.</summary>
public class NoteRoomTests
{
    private const double Width = 3;

    /// <summary>Twelve crosses, a text's width apart or nearer, at the upper edge: each has its text, in a row below where there is no room beside it.</summary>
    [Theory]
    [InlineData(0.08, 2)]
    [InlineData(0.03, 6)]
    [InlineData(0.001, 13)] // twelve rows, and the crosses themselves take a part of the first
    public void Crosses_near_to_one_another_have_a_text_each(double apart, int mostRows)
    {
        double[] x = [.. Enumerable.Range(0, 12).Select(i => 0.05 + (i * apart))];
        var marks = new EdgeMarks(x, [.. x.Select(_ => (FigureText)"0 of 3")], 0.95, Palette.SpecGd);
        var panel = FigurePlan.Of(
            new Figure("crosses", [new Panel("", new Axis("x") { From = 0, To = 1 }, new Axis("y") { From = 0, To = 1 }, [marks])], ""), FigureFont.Package).Panels[0];
        var room = new NoteRoom(panel);

        NotePlace[] places = [.. x.Select(place => room.Take(place, 0.95, Width).ShouldNotBeNull())];

        places.ShouldAllBe(place => place.Rows <= 0, "above is the frame");
        places.ShouldAllBe(place => place.Rows >= -mostRows);
        room.Take(x[0], 0.95, Width).ShouldNotBe(places[0], "what was given is taken");
    }

    [Fact]
    public void Only_a_panel_that_is_full_has_no_room()
    {
        var marks = new EdgeMarks([0.5], ["0 of 3"], 0.95, Palette.SpecGd);
        var panel = FigurePlan.Of(
            new Figure("crosses", [new Panel("", new Axis("x") { From = 0, To = 1 }, new Axis("y") { From = 0, To = 1 }, [marks])], ""), FigureFont.Package).Panels[0];
        var room = new NoteRoom(panel);
        int given = 0;
        while (given < 1000 && room.Take(0.5, 0.95, Width) is not null)
            given++;
        given.ShouldBeInRange(12, 100);
    }

    [Fact]
    public void A_text_stands_by_choice_on_the_side_that_is_the_farther_from_the_frame()
    {
        var point = new PointCurve([0.2, 0.8], [0.5, 0.5], Palette.SpecGd);
        var panel = FigurePlan.Of(
            new Figure("points", [new Panel("", new Axis("x") { From = 0, To = 1 }, new Axis("y") { From = 0, To = 1 }, [point])], ""), FigureFont.Package).Panels[0];
        var room = new NoteRoom(panel);

        room.Take(0.2, 0.5, Width).ShouldBe(new NotePlace(TextAlign.Left, 0));
        room.Take(0.8, 0.5, Width).ShouldBe(new NotePlace(TextAlign.Right, 0));
    }
}
