using System.Globalization;

namespace SpecGD.Cli.Display;

/// <summary>Durations and moments as people read them.</summary>
internal static class TimeText
{
    /// <summary>"42 s", "3:07 min", "5:12 h", "3.2 days", "12 years".</summary>
    /// <param name="duration">The duration.</param>
    /// <param name="atLeast">Whether it is a bound from below: of less than half a second "0.1 s" and not "0 s".</param>
    public static string Of(TimeSpan duration, bool atLeast = false) => duration switch
    {
        { TotalSeconds: < 0.5 } when atLeast => string.Create(CultureInfo.InvariantCulture, $"{Math.Max(duration.TotalSeconds, 0.1):0.0} s"),
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0} s"),
        { TotalHours: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.Minutes}:{duration.Seconds:00} min"),
        { TotalDays: < 1 } => string.Create(CultureInfo.InvariantCulture, $"{duration.Hours}:{duration.Minutes:00} h"),
        { TotalDays: < 730 } => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalDays:0.0} days"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{duration.TotalDays / 365.25:0} years"),
    };

    /// <summary>The moment that is <paramref name="left"/> from now: "14:32", "Mon 14:32" on another day, a date beyond six days.</summary>
    public static string At(DateTimeOffset now, TimeSpan left)
    {
        if (left > DateTimeOffset.MaxValue - now)
            return "?";
        var moment = now + left;
        string format = moment.Date == now.Date ? "HH:mm" : left.TotalDays < 6 ? "ddd HH:mm" : "yyyy-MM-dd";
        return moment.ToString(format, CultureInfo.InvariantCulture);
    }
}
