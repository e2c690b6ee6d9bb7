using SpecGD.Cli;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Language.Training;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Torch;

using var interruption = Interruption.Listen(); // before all else
GptEngines.LibTorch = new TorchEngines();
Backend.MklFile = TorchLibrary.MklFile;
RankSession.ForgetTerminal();
return CommandLine.Invoke(args);
