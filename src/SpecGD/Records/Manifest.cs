using System.Globalization;
using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SpecGD.Records;

/// <summary>How a run ended.</summary>
public enum RunStatus
{
    /// <summary>Every trajectory ran to its end.</summary>
    Finished,

    /// <summary>A loss or gradient stopped being finite.</summary>
    Diverged,

    /// <summary>The user or the system asked it to stop.</summary>
    Interrupted,
}

/// <summary>Where a run's numbers come from: options as resolved, program, machine, time.</summary>
/// <param name="Experiment">Name of the experiment.</param>
/// <param name="Options">Every option with the value that was used: what stands for unset ones put in.</param>
/// <param name="Status">How the run ended.</param>
/// <param name="Detail">One sentence where the run did not finish, else null.</param>
/// <param name="Started">When it began.</param>
/// <param name="WallTime">How long it took.</param>
public sealed record Manifest(string Experiment, JsonObject Options, RunStatus Status, string? Detail, DateTimeOffset Started, TimeSpan WallTime)
{
    private const string StartedFormat = "yyyy-MM-dd'T'HH:mm:sszzz";

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Version of the running program, with the commit it was built from where that is known.</summary>
    public static string ProgramVersion { get; } =
        typeof(Manifest).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Every option as it was asked for, which is what decides whether a run is the same (<see cref="RunIdentity"/>).</summary>
    public JsonObject Asked { get => field ?? Options; init; }

    /// <summary>The methods that diverged, by their names in the log; none in manifests of versions that did not note them.</summary>
    public IReadOnlyList<string> Diverged { get; init; } = [];

    /// <summary>Version of the program that ran: of a manifest that was read its own, else the running program's.</summary>
    public string Version { get; init; } = ProgramVersion.Split('+', 2)[0];

    /// <summary>The commit which that program was built from, or null where it is not known.</summary>
    public string? Commit { get; init; } = ProgramVersion.Split('+', 2) is [_, var commit] ? commit : null;

    /// <summary>The code that computed (<see cref="ComputingCode"/>): of a manifest that was read its own, and empty in those of versions that did not note it; else that of this program.</summary>
    public string Code { get; init; } = ComputingCode.Of(Experiment);

    /// <summary>The machine that ran it: of a manifest that was read its own, else this one.</summary>
    public Machine Machine { get => field ?? Machine.Here(); init; }

    /// <summary>Reads a manifest from a file. What this version does not know is passed over.</summary>
    /// <exception cref="BadInputException">The file is missing, is not JSON, or lacks something that every manifest has.</exception>
    public static Manifest Read(string path)
    {
        var json = new ManifestReader(path, LenientJson.ReadObject(path, "a manifest"));
        var machine = json.Inner("machine");
        return new Manifest(
            json.Text("experiment"),
            (JsonObject)json.Object("options").DeepClone(),
            json.OneOf<RunStatus>("status"),
            json.OptionalText("detail"),
            json.Time("started", StartedFormat),
            json.Seconds("wall_seconds"))
        {
            Asked = (JsonObject)(json.OptionalObject("asked") ?? json.Object("options")).DeepClone(),
            Diverged = json.Texts("diverged"),
            Version = json.Text("version"),
            Commit = json.OptionalText("commit"),
            Code = json.OptionalText("code") ?? "",
            Machine = new Machine(
                machine.Text("processor"),
                machine.Count("logical_processors"),
                machine.Text("system"),
                machine.Text("runtime"),
                machine.Text("blas"),
                machine.OptionalText("blas_configuration"),
                machine.Count("threads")),
        };
    }

    /// <summary>The manifest as indented JSON.</summary>
    public string ToJson()
    {
        var machine = Machine;
        var json = new JsonObject
        {
            ["experiment"] = Experiment,
            ["status"] = Status.ToString().ToLowerInvariant(),
            ["detail"] = Detail,
            ["diverged"] = new JsonArray([.. Diverged.Select(method => (JsonNode)method)]),
            ["options"] = Options.DeepClone(),
            ["asked"] = Asked.DeepClone(),
            ["version"] = Version,
            ["commit"] = Commit,
            ["code"] = Code,
            ["started"] = Started.ToString(StartedFormat, CultureInfo.InvariantCulture),
            ["wall_seconds"] = Math.Round(WallTime.TotalSeconds, 3),
            ["machine"] = new JsonObject
            {
                ["processor"] = machine.Processor,
                ["logical_processors"] = machine.LogicalProcessors,
                ["system"] = machine.System,
                ["runtime"] = machine.Runtime,
                ["blas"] = machine.Blas,
                ["blas_configuration"] = machine.BlasConfiguration,
                ["threads"] = machine.Threads,
            },
        };
        return json.ToJsonString(Indented) + "\n";
    }
}
