namespace SpecGD.Figures.Animations;

/// <summary>ImageMagick was started and joined nothing. The message is one sentence with its own words.</summary>
public sealed class ImageMagickException : Exception
{
    /// <summary>The exception with its sentence.</summary>
    public ImageMagickException(string message)
        : base(message)
    {
    }

    /// <summary>The exception with its sentence and cause.</summary>
    public ImageMagickException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>The exception without a sentence.</summary>
    public ImageMagickException()
    {
    }
}
