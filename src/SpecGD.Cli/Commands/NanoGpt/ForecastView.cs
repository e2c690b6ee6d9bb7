using System.Globalization;
using System.Text.Json.Nodes;
using SpecGD.Cli.Display;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Records;

namespace SpecGD.Cli.Commands.NanoGpt;

/// <summary>What a run will be, in tables and sentences.</summary>
internal static class ForecastView
{
    /// <summary>Memory and time in two sentences, and a warning where it does not fit into what is free.</summary>
    public static void Remark(NanoGptForecast forecast, MachineMemory machine, double rate)
    {
        Terminal.Remark(MemorySentence(forecast, machine));
        Terminal.Remark(TimeSentence(forecast, rate));
        if (forecast.Warning(machine) is { } warning)
            Terminal.Remark(warning);
    }

    /// <summary>Everything, on standard output.</summary>
    public static void Print(NanoGptForecast forecast, MachineMemory machine, double rate)
    {
        SummaryView.PrintTable("What updates what", [.. RoutingView.Rows(forecast.Routing).Select(WithoutReason)]);
        SummaryView.PrintTable("Why", RoutingView.Reasons(forecast.Routing));
        Terminal.Say(Total(forecast));
        SummaryView.PrintTable("Memory", [.. forecast.Memory.Parts.Select(MemoryRow)]);
        Terminal.Say($"data: {forecast.Passes.Sentence}; {forecast.Validation}");
        Terminal.Say(MemorySentence(forecast, machine));
        Terminal.Say(TimeSentence(forecast, rate));
    }

    /// <summary>The same for programs.</summary>
    public static JsonObject ToJson(NanoGptForecast forecast, MachineMemory machine, double rate) => new()
    {
        ["parameters"] = forecast.Shape.ParameterCount,
        ["routing"] = new JsonArray([.. RoutingView.Rows(forecast.Routing)]),
        ["memory_bytes"] = forecast.Memory.Total,
        ["memory"] = new JsonObject(forecast.Memory.Parts.Select(part => KeyValuePair.Create(part.Name, (JsonNode?)part.Bytes))),
        ["machine_memory_bytes"] = machine.Total,
        ["available_memory_bytes"] = machine.Available,
        ["tokens_per_step"] = forecast.TokensPerStep,
        ["steps"] = forecast.Plan.Steps,
        ["training_tokens"] = forecast.Passes.Tokens,
        ["passes"] = forecast.Passes.Passes,
        ["validation_tokens"] = forecast.ValidationTokens,
        ["validation_length"] = forecast.ValidationLength,
        ["operations_per_token"] = forecast.Work.ForToken,
        ["operations_per_update"] = forecast.Work.ForUpdate,
        ["operations"] = forecast.Work.ForRun,
        ["measured_operations_per_second"] = rate,
        ["seconds_at_least"] = forecast.TimeAt(rate).TotalSeconds,
    };

    private static JsonObject WithoutReason(JsonObject row)
    {
        row.Remove(RoutingView.Reason);
        return row;
    }

    private static string Total(NanoGptForecast forecast) =>
        $"{Counted.Of(forecast.Shape.ParameterCount, "parameter")}: "
        + string.Join(", ", forecast.Routing.GroupBy(line => line.Optimizer).Select(group => $"{group.Sum(line => (long)line.Count)} by {group.Key}"));

    private static JsonObject MemoryRow(Training.Gpt.MemoryPart part) => new() { ["for"] = part.Name, ["memory"] = MachineMemory.Text(part.Bytes) };

    private static string MemorySentence(NanoGptForecast forecast, MachineMemory machine)
    {
        string free = machine.Available is { } available ? $", {MachineMemory.Text(available)} of them free" : "";
        var largest = forecast.Memory.Parts.OrderByDescending(part => part.Bytes).Take(4);
        string parts = string.Join(", ", largest.Select(part => $"{part.Name} {MachineMemory.Text(part.Bytes)}"));
        return $"memory: about {MachineMemory.Text(forecast.Memory.Total)} ({parts}, …) of {MachineMemory.Text(machine.Total)}{free}";
    }

    private static string TimeSentence(NanoGptForecast forecast, double rate) => string.Create(
        CultureInfo.InvariantCulture,
        $"time: more than {TimeText.Of(forecast.TimeAt(rate), atLeast: true)} for {Counted.Of(forecast.Plan.Steps, "step")} of {Counted.Of(forecast.TokensPerStep, "token")}: "
        + $"products of {forecast.Work.ForToken / 1e9:0.000} GFLOP a token and {forecast.Work.ForUpdate / 1e9:0.0} an update, "
        + $"at the {rate / 1e9:0} GFLOP/s measured now; the progress shows the real rate");
}
