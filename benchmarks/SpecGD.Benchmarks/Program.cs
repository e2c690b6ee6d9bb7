using BenchmarkDotNet.Running;
using SpecGD.Benchmarks.Host;

// In this process: the project that BenchmarkDotNet would otherwise write and build stands below the settings of this repository, which refuse it.
BenchmarkSwitcher.FromAssembly(typeof(Kernels).Assembly).Run([.. args, "--inProcess"]);
