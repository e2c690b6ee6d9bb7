using SpecGD.Cli;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Language.Training;

GptEngines.LibTorch = new TorchEngines();
RankSession.ForgetTerminal();
return CommandLine.Invoke(args);
