using SpecGD.Figures.Drawing;
using SpecGD.Figures.Fonts;

namespace SpecGD.Figures.Rendering;

/// <summary>Paints a figure on a surface: its title, then panel by panel.</summary>
internal static class FigurePainter
{
    /// <summary>Paints what is planned.</summary>
    public static void Paint(FigurePlan plan, ISurface surface)
    {
        if (!plan.Figure.Title.IsEmpty)
        {
            double size = Margins.FigureTitleScale * FigurePicture.Em;
            var middle = new Spot(plan.Width * FigurePicture.Em / 2, (Margins.FigureTitleDepth * FigurePicture.Em) + (TextLine.HalfHeight * size));
            surface.Text(TextLine.Of(plan.Figure.Title, plan.Font), middle, TextAlign.Center, size);
        }
        for (int i = 0; i < plan.Panels.Count; i++)
            Paint(PanelFrame.Of(plan, i), surface);
    }

    /// <summary>What lies behind comes first: grid, curves, axes, texts beside points, key.</summary>
    private static void Paint(PanelFrame frame, ISurface surface)
    {
        surface.Open("panel", PanelData.Of(frame));
        AxisPainter.PaintGrid(frame, surface);
        KeyPainter.PaintGround(frame, surface);
        CurvePainter.Paint(frame, surface);
        AxisPainter.Paint(frame, surface);
        surface.Open("notes");
        NotePainter.Paint(frame, surface);
        surface.Close();
        KeyPainter.Paint(frame, surface);
        surface.Close();
    }
}
