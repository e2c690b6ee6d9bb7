using System.Text;
using SkiaSharp;
using SpecGD.Figures.Drawing;

namespace SpecGD.Figures.Rendering;

/// <summary>A figure as the bytes of a picture, in any format.</summary>
internal sealed class FigurePicture(FigurePlan plan)
{
    /// <summary>The length of one em on a surface.</summary>
    public const double Em = 12;

    /// <summary>Resolution of a picture for paper and slides.</summary>
    public const double PngDotsPerInch = 200;

    /// <summary>Places of a page to a unit of the surface: a fiftieth is far less than a printer's dot.</summary>
    private const double PageGrain = 50;

    private const double PointsPerInch = 72;
    private const string Producer = "SpecGD";

    /// <summary>What is drawn.</summary>
    public FigurePlan Plan => plan;

    /// <summary>Width of the surface, twelve to the em.</summary>
    public double Width => Em * plan.Width;

    /// <summary>Height of the surface, twelve to the em.</summary>
    public double Height => Em * plan.Height;

    /// <summary>The picture in a format: the same bytes for the same figure and font.</summary>
    public byte[] Render(FigureFormat format, double dotsPerInch = PngDotsPerInch) =>
        format == FigureFormat.Pdf ? Pdf() : format == FigureFormat.Png ? Png(dotsPerInch) : Svg();

    /// <summary>The picture as dots, which the caller disposes of.</summary>
    public SKBitmap Dots(double dotsPerInch)
    {
        var size = new SKImageInfo(
            (int)Math.Round(plan.Figure.Width * dotsPerInch), (int)Math.Round(plan.Figure.Height * dotsPerInch), SKColorType.Rgba8888, SKAlphaType.Opaque);
        var bitmap = new SKBitmap(size);
        double dots = dotsPerInch * plan.Figure.Width / Width;
        using var canvas = new SKCanvas(bitmap);
        canvas.Clear(SKColors.White);
        FigurePainter.Paint(plan, new SkiaSurface(canvas, dots, isPage: false));
        return bitmap;
    }

    private byte[] Png(double dotsPerInch)
    {
        using var bitmap = Dots(dotsPerInch);
        using var encoded = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return encoded.ToArray();
    }

    private byte[] Svg()
    {
        var surface = new SvgSurface(this);
        FigurePainter.Paint(plan, surface);
        return Encoding.UTF8.GetBytes(surface.Render());
    }

    /// <summary>One page, without a date, so that the same figure is the same file.</summary>
    private byte[] Pdf()
    {
        using var stream = new MemoryStream();
        var used = new UsedGlyphs();
        FigurePainter.Paint(plan, used);
        var about = new SKDocumentPdfMetadata { Title = plan.Figure.Name, Subject = plan.Figure.Caption, Creator = Producer, Producer = Producer, RasterDpi = (float)PngDotsPerInch };
        using (var document = SKDocument.CreatePdf(stream, about))
        {
            double width = PointsPerInch * plan.Figure.Width;
            var canvas = document.BeginPage((float)width, (float)(PointsPerInch * plan.Figure.Height));
            canvas.Scale((float)(width / Width / PageGrain));
            FigurePainter.Paint(plan, new SkiaSurface(canvas, PageGrain, isPage: true) { Faces = used.Cut() });
            document.EndPage();
            document.Close();
        }
        return stream.ToArray();
    }
}
