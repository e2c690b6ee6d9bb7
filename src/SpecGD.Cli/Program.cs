using SpecGD.Cli;

return CommandLine.Invoke(args);
