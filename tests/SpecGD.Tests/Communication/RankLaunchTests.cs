using SpecGD.Numerics.Communication;

namespace SpecGD.Tests.Communication;

public class RankLaunchTests
{
    [Fact]
    public void Ranks_are_recognised_by_what_the_launcher_sets()
    {
        RankLaunch.From(Variables(("OMPI_COMM_WORLD_SIZE", "4"), ("OMPI_COMM_WORLD_RANK", "3"), ("OMPI_COMM_WORLD_LOCAL_SIZE", "2")))
            .ShouldBe(new RankLaunch(3, 4, 2));
        RankLaunch.From(Variables()).ShouldBeNull();
        RankLaunch.From(Variables(("OMPI_COMM_WORLD_SIZE", "1"), ("OMPI_COMM_WORLD_RANK", "0"))).ShouldBeNull("one rank needs no others");
        RankLaunch.From(Variables(("OMPI_COMM_WORLD_SIZE", "two"), ("OMPI_COMM_WORLD_RANK", "0"))).ShouldBeNull();
    }

    [Theory]
    [InlineData(1, 64, 64, 64)]
    [InlineData(2, 64, 64, 32)] // unbound: the machine is shared out
    [InlineData(2, 64, 32, 32)] // bound to a socket each
    [InlineData(2, 64, 1, 1)] // bound to a core each, as mpirun does with two ranks
    [InlineData(4, 2, 2, 1)]
    public void Processors_are_shared_out(int onMachine, int processors, int usable, int threads) =>
        new RankLaunch(0, 8, onMachine).ThreadsOf(processors, usable).ShouldBe(threads);

    private static Func<string, string?> Variables(params (string Name, string Value)[] set) =>
        name => set.FirstOrDefault(variable => variable.Name == name).Value;
}
