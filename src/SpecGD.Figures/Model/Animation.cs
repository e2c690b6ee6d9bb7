namespace SpecGD.Figures.Model;

/// <summary>
/// Figures of one layout shown one after the other, for ever. Its writer gives all frames the same axes and its keys the same places: an axis
/// takes in what any frame holds, and a key stands where no curve of any frame runs.
/// </summary>
public sealed record Animation
{
    private const double MillisecondsPerSecond = 1000;

    /// <summary>An animation of <paramref name="frames"/>.</summary>
    /// <param name="name">Name of its file, without an ending: letters, digits, '-' and '_'.</param>
    /// <param name="frames">The frames in order, one at least, all of one size with as many panels in as many columns.</param>
    /// <param name="caption">What is shown, in sentences.</param>
    /// <param name="framesPerSecond">The frame rate, from 0.01 to 50.</param>
    /// <exception cref="ArgumentException">The name does not fit a file, there is no frame, or the frames differ in layout.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The frame rate is out of range.</exception>
    public Animation(string name, IReadOnlyList<Figure> frames, string caption, double framesPerSecond)
    {
        ArgumentNullException.ThrowIfNull(frames);
        if (frames.Count == 0)
            throw new ArgumentException("An animation needs a frame.", nameof(frames));
        if (frames.Any(frame => Layout(frame) != Layout(frames[0])))
            throw new ArgumentException($"The frames of the animation '{name}' must have the same size and as many panels.", nameof(frames));
        if (!(framesPerSecond is >= DrawingStyle.LeastFramesPerSecond and <= DrawingStyle.MostFramesPerSecond))
            throw new ArgumentOutOfRangeException(nameof(framesPerSecond), framesPerSecond, "Frames per second must be from 0.01 to 50.");
        (Name, Frames, Caption, FramesPerSecond) = (Figure.CheckedName(name), frames, caption, framesPerSecond);
    }

    /// <summary>Name of its file, without an ending.</summary>
    public string Name { get; }

    /// <summary>The frames in order.</summary>
    public IReadOnlyList<Figure> Frames { get; }

    /// <summary>What is shown, in sentences.</summary>
    public string Caption { get; internal init; }

    /// <summary>The frame rate.</summary>
    public double FramesPerSecond { get; }

    /// <summary>How long each frame stands, in whole milliseconds, rounded down.</summary>
    public int FrameMilliseconds => (int)(MillisecondsPerSecond / FramesPerSecond);

    private static (double, double, int, int, bool) Layout(Figure frame) =>
        (frame.Width, frame.Height, frame.Panels.Count, frame.Columns, frame.Title.IsEmpty);
}
