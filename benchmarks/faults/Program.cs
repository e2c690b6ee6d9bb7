// Page faults of training steps with large tensors: what glibc's own settings cost, and what TorchLibrary.Load makes of them.
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
    using var model = nn.Sequential(nn.Linear(768, 3072), nn.ReLU(), nn.Linear(3072, 768), nn.Linear(768, 3072), nn.ReLU(), nn.Linear(3072, 768));
    using var muon = new Muon(model.parameters().Where(p => p.dim() == 2));
    var x = randn(1024, 768);
    void Step()
    {
        using var scope = NewDisposeScope();
        muon.zero_grad();
        nn.functional.mse_loss(model.call(x), x).backward();
        muon.step();
    }
    for (int i = 0; i < 3; i++)
        Step(); // memory grows to its peak
    var (faults, watch) = (MinorFaults(), Stopwatch.StartNew());
    for (int i = 0; i < steps; i++)
        Step();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{library.Memory}: {(MinorFaults() - faults) / (double)steps:0} page faults a step, {watch.ElapsedMilliseconds / (double)steps:0} ms a step, peak {Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB"));
}
if (other)
{
    var thread = new Thread(Train);
    thread.Start();
    thread.Join();
}
else
    Train();

static long MinorFaults()
{
    string text = File.ReadAllText("/proc/self/stat");
    return long.Parse(text[(text.LastIndexOf(')') + 2)..].Split(' ')[7], CultureInfo.InvariantCulture);
}
