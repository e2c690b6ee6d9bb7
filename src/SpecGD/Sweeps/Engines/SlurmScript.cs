using System.Globalization;
using System.Text;
using SpecGD.Numerics;

namespace SpecGD.Sweeps.Engines;

/// <summary>A job array of Slurm as a batch script.</summary>
public static class SlurmScript
{
    /// <summary>Where Slurm's own default has it, if nobody can be asked.</summary>
    public const int UsualMaxArraySize = 1001;

    /// <summary>Environment variable by which a task learns how often it may be queued again.</summary>
    public const string RequeuesVariable = "SPECGD_SWEEP_REQUEUES";

    /// <summary>How many tasks an element runs, so that the highest index stays below MaxArraySize.</summary>
    /// <exception cref="BadInputException">Fewer were asked for than that takes.</exception>
    public static int TasksPerElement(int tasks, int maxArraySize, int? asked)
    {
        int least = Math.Max(1, (tasks + maxArraySize - 1) / maxArraySize);
        return asked is not { } given ? least
            : given >= least ? given
            : throw new BadInputException(
                $"--tasks-per-job {given} would need an array of {Counted.Of((tasks + given - 1) / given, "element")}, but this cluster allows "
                + $"{maxArraySize} (MaxArraySize); use {least} or more.");
    }

    /// <summary>Indexes as sbatch takes them: ranges where they follow one another.</summary>
    public static string Ranges(IEnumerable<int> indexes)
    {
        var text = new StringBuilder();
        int? first = null, last = null;
        foreach (int index in indexes.Distinct().Order())
        {
            if (index != last + 1)
            {
                Close();
                first = index;
            }
            last = index;
        }
        Close();
        return text.ToString();

        void Close()
        {
            if (first is not { } from)
                return;
            text.Append(text.Length > 0 ? "," : "").Append(CultureInfo.InvariantCulture, $"{from}");
            if (last != from)
                text.Append(CultureInfo.InvariantCulture, $"-{last}");
        }
    }

    /// <summary>The script.</summary>
    /// <param name="folder">The sweep.</param>
    /// <param name="elements">The elements to run: element i has the tasks from i · <paramref name="tasksPerElement"/> on.</param>
    /// <param name="tasksPerElement">Tasks of an element.</param>
    /// <param name="workers">Elements at a time, or null for as many as the cluster lets.</param>
    /// <param name="memoryLimit">Bytes of memory of an element, or null for the cluster's own.</param>
    /// <param name="options">What is asked of Slurm.</param>
    /// <param name="launch">How the program is started.</param>
    /// <exception cref="BadInputException">A path or an option cannot stand in a script.</exception>
    public static string Render(
        SweepFolder folder,
        IReadOnlyList<int> elements,
        int tasksPerElement,
        int? workers,
        long? memoryLimit,
        SlurmOptions options,
        TaskLaunch launch)
    {
        ArgumentNullException.ThrowIfNull(folder);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(launch);
        if (folder.SlurmPath.AsSpan().IndexOfAny("%\n\"") >= 0)
            throw new BadInputException(
                $"The path {folder.SlurmPath} has a '%', a quotation mark or a line break, which Slurm would not take as it is; "
                + "use another --output.");
        var script = new StringBuilder("#!/bin/sh\n");
        Directive("--job-name", $"specgd-{folder.Definition.Name}");
        Directive("--array", Ranges(elements) + (workers is { } most ? string.Create(CultureInfo.InvariantCulture, $"%{most}") : ""));
        script.Append("#SBATCH --output=\"").Append(folder.SlurmPath).Append("/%A_%a.log\"\n");
        script.Append("#SBATCH --open-mode=append\n#SBATCH --requeue\n");
        script.Append(CultureInfo.InvariantCulture, $"#SBATCH --signal=B:USR1@{options.Grace}\n");
        script.Append(CultureInfo.InvariantCulture, $"#SBATCH --ntasks=1\n#SBATCH --cpus-per-task={options.Cpus}\n");
        Directive("--partition", options.Partition);
        Directive("--account", options.Account);
        Directive("--time", options.Time);
        Directive("--mem", memoryLimit is { } bytes ? MemorySize.Megabytes(bytes) : null);
        foreach (string extra in options.Extra)
            script.Append("#SBATCH ").Append(OneLine(extra.StartsWith('-') ? extra : "--" + extra)).Append('\n');
        script.Append("# One element runs the tasks from its index on. 'exec' makes the program itself receive Slurm's signals.\n");
        script.Append(CultureInfo.InvariantCulture, $"export {ThreadBudget.Variable}={options.Cpus} {RequeuesVariable}={options.Requeues}\n");
        foreach (var (name, value) in launch.Environment)
            script.Append("export ").Append(name).Append('=').Append(Quoted(value)).Append('\n');
        script.Append("cd ").Append(Quoted(launch.Directory)).Append(" || exit 1\n");
        string first = string.Create(CultureInfo.InvariantCulture, $"$((SLURM_ARRAY_TASK_ID * {tasksPerElement}))");
        var arguments = TaskArguments.For(folder.DirectoryPath, 0, tasksPerElement, attached: false);
        int place = arguments.Index().First(a => a.Item == TaskArguments.FirstName).Index + 1;
        script.Append("exec ").AppendJoin(' ', launch.Program.Select(Quoted)).Append(' ');
        script.AppendJoin(' ', arguments.Select((argument, i) => i == place ? $"\"{first}\"" : Quoted(argument))).Append('\n');
        return script.ToString();

        void Directive(string name, string? value)
        {
            if (value is not null)
                script.Append("#SBATCH ").Append(name).Append('=').Append(OneLine(value)).Append('\n');
        }
    }

    private static string OneLine(string value) => value.Length > 0 && !value.Any(char.IsControl)
        ? value
        : throw new BadInputException(
            $"'{value.ReplaceLineEndings(" ")}' cannot stand in a batch script: one line with something in it was expected.");

    /// <summary>A word for the shell: as it is where it has no special character, else between single quotes.</summary>
    private static string Quoted(string word) => word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./=+:,@".Contains(c))
        ? word
        : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
