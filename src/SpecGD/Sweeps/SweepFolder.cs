using System.Text.Encodings.Web;
using System.Text.Json;
using SpecGD.Records;

namespace SpecGD.Sweeps;

/// <summary>
/// The folder of a sweep: <c>sweep.json</c> (the file, as it was understood), <c>tasks/KEY/</c> (a run folder each), <c>sweep.db</c> (results),
/// <c>figures/</c>, and <c>slurm/</c> with the job script and the logs of its elements.
/// </summary>
public sealed class SweepFolder
{
    /// <summary>Names within the folder.</summary>
    public const string DefinitionName = "sweep.json", TasksName = "tasks", StoreName = "sweep.db", SlurmName = "slurm", LockName = ".lock";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private SweepFolder(string path, SweepDefinition definition)
    {
        DirectoryPath = path;
        Definition = definition;
        Tasks = SweepExpansion.Expand(definition, definition.Name);
    }

    /// <summary>The folder's path.</summary>
    public string DirectoryPath { get; }

    /// <summary>The sweep.</summary>
    public SweepDefinition Definition { get; }

    /// <summary>Its tasks.</summary>
    public IReadOnlyList<SweepTask> Tasks { get; }

    /// <summary>Path of the SQLite file with the results.</summary>
    public string StorePath => Path.Combine(DirectoryPath, StoreName);

    /// <summary>Path of the folder with what belongs to Slurm.</summary>
    public string SlurmPath => Path.Combine(DirectoryPath, SlurmName);

    /// <summary>Path of the folder for figures.</summary>
    public string FiguresPath => Path.Combine(DirectoryPath, RunFolder.FiguresName);

    /// <summary>The run folder of a task.</summary>
    public string PathOf(SweepTask task) => Path.Combine(DirectoryPath, TasksName, task.Key);

    /// <summary>The folder that a sweep would have; nothing is written.</summary>
    public static SweepFolder Planned(string path, SweepDefinition definition) => new(Path.GetFullPath(path), definition);

    /// <summary>Makes the folder of a sweep, or takes the one that is there where the sweep adds to what it holds.</summary>
    /// <param name="path">The folder, which need not exist.</param>
    /// <param name="definition">The sweep.</param>
    /// <param name="isFresh">Whether the user said that a sweep in it may be deleted, whatever it is; files of nobody's never are.</param>
    /// <exception cref="BadInputException">The place cannot be written, or holds something else; or another program drives the sweep that is to be changed.</exception>
    public static SweepFolder Prepare(string path, SweepDefinition definition, bool isFresh = false)
    {
        ArgumentNullException.ThrowIfNull(definition);
        RunHolding.RequireNoRun(path);
        var folder = Planned(path, definition);
        if (isFresh && IsIn(path))
            SweepRemoval.Remove(path);
        else
            SweepHolding.Require(path, folder);
        RunFolder.Prepare(path);
        string text = definition.Source.ToJsonString(Indented) + "\n", file = Path.Combine(path, DefinitionName);
        if (File.Exists(file) && File.ReadAllText(file) == text)
            return folder;
        using var driver = folder.Lock(); // the tasks of one that runs are found by their places in the file
        AtomicFile.Write(file, text);
        return folder;
    }

    /// <summary>Whether a sweep was begun in <paramref name="path"/>.</summary>
    public static bool IsIn(string path) => File.Exists(Path.Combine(path, DefinitionName));

    /// <summary>
    /// Takes back what <see cref="Prepare"/> wrote, where no task has left anything yet: for a command that was refused after it. The empty folder is
    /// left to <see cref="NewFolders.DropEmpty"/>.
    /// </summary>
    public static void Withdraw(string path)
    {
        if (!Directory.Exists(path))
            return; // refused before anything was written
        string tasks = Path.Combine(path, TasksName);
        if (Directory.Exists(tasks))
        {
            if (Directory.EnumerateFiles(tasks, "*", SearchOption.AllDirectories).Any())
                return;
            Directory.Delete(tasks, recursive: true);
        }
        if (File.Exists(Path.Combine(path, StoreName)))
            return;
        foreach (string name in new[] { DefinitionName, LockName })
            File.Delete(Path.Combine(path, name));
    }

    /// <summary>The sweep that was begun in <paramref name="path"/>.</summary>
    /// <exception cref="BadInputException">There is none.</exception>
    public static SweepFolder Open(string path)
    {
        string file = Path.Combine(path, DefinitionName);
        if (File.Exists(path) || !File.Exists(file))
            throw new BadInputException($"{path} is no folder of a sweep: it has no {DefinitionName}. 'specgd sweep FILE --output DIR' makes one.");
        return new SweepFolder(Path.GetFullPath(path), SweepFile.Read(file));
    }

    /// <summary>Keeps a second program from driving the same sweep for as long as the result is not disposed.</summary>
    /// <exception cref="BadInputException">Another one does already.</exception>
    public IDisposable Lock() => LockOf(DirectoryPath);

    /// <summary>As <see cref="Lock"/>, of a folder whose sweep need not be readable.</summary>
    internal static IDisposable LockOf(string path) => TryLock(path)
        ?? throw new BadInputException($"Another 'specgd sweep' works on {path} at this moment; 'specgd sweep status {path}' tells how far it is.");

    /// <summary>
    /// Keeps other processes from computing the same task; null where one does. The system frees it when the process ends, however it ends.
    /// </summary>
    /// <param name="directory">The task's run folder, which is there.</param>
    public static IDisposable? TryLockTask(string directory) => TryLock(directory);

    private static FileStream? TryLock(string directory)
    {
        try
        {
            return new FileStream(Path.Combine(directory, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }
}
