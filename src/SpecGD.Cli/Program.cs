using SpecGD.Cli;
using SpecGD.Experiments;
using SpecGD.Experiments.NanoGpt;
using SpecGD.Gallery;
using SpecGD.Language.Training;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Records;
using SpecGD.Torch;

using var interruption = Interruption.Listen(); // before all else
GptEngines.LibTorch = new TorchEngines();
RunIdentity.Include(typeof(TorchEngines).Module);
RunIdentity.Include(typeof(TorchLibrary).Module);
ExperimentCatalog.Add(new GalleryExperiment());
Backend.MklFile = TorchLibrary.MklFile;
RankSession.ForgetTerminal();
return CommandLine.Invoke(args);
