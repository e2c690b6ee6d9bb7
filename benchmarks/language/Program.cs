// Forward and backward of the language model against a straightforward eager program of the same work on the same libtorch, each in a process of its own.
//   dotnet run --project benchmarks/language -c Release                                  a table of tiny, nano and 124M in f32 and bf16, some minutes
//   dotnet run --project benchmarks/language -c Release -- nano bf16 ours|eager [cuda]   one line: tokens a second, page faults a step, peak memory, loss
//   dotnet run --project benchmarks/language -c Release -- block 49152 f32 [cuda]        one block of 124M on so many tokens: seconds and peak memory
using System.Diagnostics;
using System.Globalization;
using SpecGD.Language.Benchmark;
using SpecGD.Language.Model;
using SpecGD.Models.Gpt;
using SpecGD.Spectral;
using SpecGD.Numerics;
using SpecGD.Torch;
using TorchSharp;
using static TorchSharp.torch;

if (args.Length == 0)
{
    foreach (string size in new[] { "tiny", "nano", "124M" })
        foreach (string numbers in new[] { "f32", "bf16" })
            foreach (string whose in new[] { "eager", "ours" })
                using (var child = Process.Start(Environment.ProcessPath!, [.. Dll(), size, numbers, whose]))
                    child.WaitForExit();
    return 0;
}
if (args is ["block", var tokensOfBlock, var numbersOfBlock, ..])
{
    TorchLibrary.Load();
    set_num_threads(ThreadBudget.Total);
    LongBlock.Run(int.Parse(tokensOfBlock, CultureInfo.InvariantCulture), GptPrecision.Named(numbersOfBlock), new Device(args is [_, _, _, var on] ? on : "cpu"));
    return 0;
}
if (args is not [var name, var precisionName, "ours" or "eager", ..])
{
    Console.Error.WriteLine("Usage: [tiny|nano|124M f32|bf16 ours|eager [cpu|cuda]]");
    return 2;
}
TorchLibrary.Load();
set_num_threads(ThreadBudget.Total);
var device = new Device(args is [_, _, _, var place] ? place : "cpu");
var (shape, length) = name switch
{
    "tiny" => (new GptShape { Vocabulary = 257, EndOfText = 256, Layers = 6, Width = 64, Heads = 2 }, 128),
    "nano" => (new GptShape { Vocabulary = 257, EndOfText = 256, Layers = 12, Width = 256, Heads = 4 }, 1024),
    _ => (new GptShape(), 1024),
};
var precision = GptPrecision.Named(precisionName);
int window = length / 128;
var random = new Random(1);
int[] tokens = [shape.EndOfText, .. Enumerable.Range(0, length).Select(_ => random.Next(shape.EndOfText))];
manual_seed(1);
Tensor Values(ParameterLayout layout) => (randn([.. layout.Shape.Select(size => (long)size)], precision.Weights, device) * (layout.Name == GptShape.ScalarsName ? 0.5 : 0.05)).DetachFromDisposeScope();
Func<double> step = args[2] == "ours" ? Ours() : Eager();
double loss = step();
var warm = Stopwatch.StartNew();
while (warm.Elapsed < TimeSpan.FromSeconds(3))
    step(); // memory grows to its peak
var (faults, steps, best) = (PageFaults.SoFar(), 0, double.PositiveInfinity);
for (var all = Stopwatch.StartNew(); all.Elapsed < TimeSpan.FromSeconds(10) || steps < 3; steps++)
{
    var watch = Stopwatch.StartNew();
    step();
    if (device.type == DeviceType.CUDA)
        cuda.synchronize();
    best = Math.Min(best, watch.Elapsed.TotalSeconds);
}
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"{name,-5} {precisionName,-5} {args[2],-6} {length / best,8:0} tokens/s  {(PageFaults.SoFar() - faults) / (double)steps,8:0} faults a step  peak {Process.GetCurrentProcess().PeakWorkingSet64 >> 20,6} MiB  loss {loss / length:0.0000}"));
return 0;

Func<double> Ours()
{
    var model = new Gpt(shape, precision, device, Values);
    return () => model.LossAndGradient(tokens.AsSpan(0, length), tokens.AsSpan(1), window);
}

Func<double> Eager()
{
    var model = new EagerGpt(shape, precision, tokens[..length], window, device, Values);
    Tensor inputs = tensor(tokens[..length], ScalarType.Int64, device), targets = tensor(tokens[1..], ScalarType.Int64, device);
    return () => model.LossAndGradient(inputs, targets);
}

string[] Dll() => Environment.ProcessPath!.EndsWith("dotnet", StringComparison.Ordinal) ? [typeof(EagerGpt).Assembly.Location] : [];
