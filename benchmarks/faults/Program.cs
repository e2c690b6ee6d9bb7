// Page faults of steps that make large tensors and free them, as training does: what glibc's own settings cost, and what TorchLibrary.Load makes of them.
//   dotnet run --project benchmarks/faults -c Release                          as the package sets it
//   SPECGD_MALLOC=system dotnet run --project benchmarks/faults -c Release     as glibc has it
using System.Diagnostics;
using System.Globalization;
using SpecGD.Torch;
using static TorchSharp.torch;

var library = TorchLibrary.Load();
int steps = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 10;
bool other = args is [_, "thread", ..];
void Train()
{
    using var x = randn(8 << 20); // 32 MiB, the activations of one layer of 124M parameters and a few sequences
    void Step()
    {
        using var scope = NewDisposeScope();
        _ = (((x * 2) + x).relu() * x).sum(); // what elementwise layers do: a new tensor for each
    }
    for (int i = 0; i < 3; i++)
        Step(); // memory grows to its peak
    var (faults, watch) = (PageFaults.SoFar(), Stopwatch.StartNew());
    for (int i = 0; i < steps; i++)
        Step();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{library.Memory}: {(PageFaults.SoFar() - faults) / (double)steps:0} page faults a step, {watch.ElapsedMilliseconds / (double)steps:0} ms a step, peak {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB"));
}
if (other)
{
    var thread = new Thread(Train);
    thread.Start();
    thread.Join();
}
else
    Train();
