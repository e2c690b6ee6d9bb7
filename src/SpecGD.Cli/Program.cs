using SpecGD.Cli;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Language.Training;

GptEngines.LibTorch = (precision, device) => new TorchGptEngine(precision, device); // libtorch is loaded where it is asked for
RankSession.ForgetTerminal();
return CommandLine.Invoke(args);
