using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace SpecGD.Records;

/// <summary>The moments of an atomic write at which a fault can be asked for, in their order.</summary>
public enum FaultPoint
{
    /// <summary>Before the temporary file is made.</summary>
    Create,

    /// <summary>While its content is written: killed here, the first half is in the file.</summary>
    Write,

    /// <summary>Before the content is flushed to disk.</summary>
    Flush,

    /// <summary>Before the file gets its name.</summary>
    Rename,

    /// <summary>Before the directory is flushed to disk.</summary>
    Directory,
}

/// <summary>
/// A test aid: makes one chosen moment of an atomic write fail, as the environment variable <see cref="Variable"/> asks, and does nothing where it
/// is not set. <c>kill@rename:3</c> kills the process by SIGKILL before its third rename, <c>full@any:17</c> lets its 17th moment fail as on a full
/// disk, <c>list@any:FILE</c> appends each moment to a file, and
/// <c>interrupt@create:.png</c> sends the process Ctrl-C once, at that moment of the first file whose name ends so. <c>in-place</c> before one of these, with a comma, takes the atomic rename away: what
/// checks these promises must then fail.
/// </summary>
public static class FaultPoints
{
    /// <summary>The environment variable.</summary>
    public const string Variable = "SPECGD_FAULT";

    /// <summary>Every kind of moment.</summary>
    public const string Any = "any";

    /// <summary>The words of the variable.</summary>
    public const string Kill = "kill", Full = "full", List = "list", Interrupt = "interrupt", InPlace = "in-place";

    /// <summary>The number by which Unix names a full disk.</summary>
    internal const int NoSpaceLeft = 28;

    private static readonly Lazy<Request?> Asked = new(() => Parse(Environment.GetEnvironmentVariable(Variable)));

    /// <summary>How long the program's own handlers of a signal may take; one of them may wait for the thread that is held here.</summary>
    private static readonly TimeSpan HandlersEnd = TimeSpan.FromSeconds(5);

    private static int _passed;

    /// <summary>Whether files are written under their own names, without the rename that makes a write atomic.</summary>
    internal static bool WritesInPlace => Asked.Value?.InPlace ?? false;

    /// <summary>A process that is asked to fail at one moment.</summary>
    /// <param name="mode"><see cref="Kill"/> or <see cref="Full"/>.</param>
    /// <param name="number">Which moment, counted from 1.</param>
    /// <param name="inPlace">Whether writes are not atomic.</param>
    public static string Value(string mode, int number, bool inPlace = false) =>
        string.Create(CultureInfo.InvariantCulture, $"{(inPlace ? InPlace + "," : "")}{mode}@{Any}:{number}");

    /// <summary>A process that lists the moments it passes in a file, each as <c>PROCESS POINT PATH</c>.</summary>
    public static string ValueToList(string file) => $"{List}@{Any}:{file}";

    /// <summary>The moment has come for the file at <paramref name="path"/>; where it is the one asked for, it fails.</summary>
    /// <param name="point">Which moment.</param>
    /// <param name="path">The file.</param>
    /// <param name="beforeKill">Leaves things as they are in the middle of this moment.</param>
    /// <exception cref="IOException">A full disk was asked for.</exception>
    internal static void Pass(FaultPoint point, string path, Action? beforeKill = null)
    {
        if (Asked.Value is not { } asked || (asked.Point is { } only && only != point))
            return;
        if (asked.Mode == List)
            Note(asked.File!, point, path);
        else if (asked.Mode == Interrupt)
            InterruptAt(asked.File!, path);
        else if (Interlocked.Increment(ref _passed) == asked.Number)
            Fail(asked.Mode, point, path, beforeKill);
    }

    /// <summary>What a value of the variable asks for; null for none.</summary>
    /// <exception cref="InvalidOperationException">It asks for something that is not known.</exception>
    internal static Request? Parse(string? value)
    {
        if (string.IsNullOrEmpty(value))
            return null;
        var unknown = new InvalidOperationException($"{Variable}={value} is unknown; use 'kill@rename:3', 'full@any:17', 'list@any:FILE' or 'interrupt@create:ENDING', "
            + "'in-place,' before it for writes that are not atomic.");
        bool inPlace = value == InPlace || value.StartsWith(InPlace + ",", StringComparison.Ordinal);
        if (value == InPlace)
            return new Request("", null, 0, null, inPlace);
        string rest = inPlace ? value[(InPlace.Length + 1)..] : value;
        int at = rest.IndexOf('@', StringComparison.Ordinal), colon = rest.IndexOf(':', StringComparison.Ordinal);
        if (at < 0 || colon < at)
            throw unknown;
        string mode = rest[..at], kind = rest[(at + 1)..colon], last = rest[(colon + 1)..];
        FaultPoint? point = kind == Any ? null
            : Enum.TryParse<FaultPoint>(kind, ignoreCase: true, out var named) && !char.IsAsciiDigit(kind[0]) ? named
            : throw unknown;
        if (mode is List or Interrupt && last.Length > 0)
            return new Request(mode, point, 0, last, inPlace);
        return mode is Kill or Full && int.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number > 0
            ? new Request(mode, point, number, null, inPlace)
            : throw unknown;
    }

    /// <summary>What is asked for.</summary>
    internal sealed record Request(string Mode, FaultPoint? Point, int Number, string? File, bool InPlace);

    private static void Fail(string mode, FaultPoint point, string path, Action? beforeKill)
    {
        if (mode == Full)
        {
            if (point != FaultPoint.Directory) // whose failure is no failure of the write
                throw DiskSpace.Full($"No space left on device : '{path}'");
            return;
        }
        beforeKill?.Invoke();
        using var self = Process.GetCurrentProcess();
        self.Kill();
        new ManualResetEvent(false).WaitOne(); // the signal is on its way
    }

    private static void InterruptAt(string ending, string path)
    {
        if (!path.EndsWith(ending, StringComparison.Ordinal) || Interlocked.Exchange(ref _passed, 1) != 0)
            return;
        using var heard = new ManualResetEventSlim();
        Thread? handling = null;
        using var listening = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ =>
        {
            handling = Thread.CurrentThread;
            heard.Set();
        });
        using var sender = Process.Start("kill", ["-INT", Environment.ProcessId.ToString(CultureInfo.InvariantCulture)]);
        sender.WaitForExit();
        heard.Wait();
        handling!.Join(HandlersEnd); // the runtime calls the newest handler first, and those of the program after it on the same thread
    }

    private static void Note(string file, FaultPoint point, string path)
    {
        byte[] line = System.Text.Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} {point.ToString().ToLowerInvariant()} {path}\n"));
        using var stream = new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        stream.Write(line);
    }
}
