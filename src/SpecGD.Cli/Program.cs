using SpecGD.Cli;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Language.Training;

using var interruption = Interruption.Listen(); // before all else
GptEngines.LibTorch = new TorchEngines();
RankSession.ForgetTerminal();
return CommandLine.Invoke(args);
