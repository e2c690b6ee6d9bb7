using SpecGD.Cli;

RankSession.ForgetTerminal();
return CommandLine.Invoke(args);
