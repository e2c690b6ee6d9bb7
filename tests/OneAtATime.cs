// How many threads OpenBLAS may use is a state of the process, and its calls share one pool of threads. The program hands them out in one place
// (ThreadBudget) and never calls it from two places with more than one thread each; neither may tests, which would else differ in the last bit from run to
// run, and wait for one another's threads.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
