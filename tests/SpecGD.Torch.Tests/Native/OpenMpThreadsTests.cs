using SpecGD.Torch.Native;

namespace SpecGD.Torch.Tests.Native;

public class OpenMpThreadsTests
{
    [SkippableFact]
    public void Threads_sleep_soon_unless_the_environment_says_otherwise()
    {
        Libtorch.Require();
        Skip.IfNot(OperatingSystem.IsLinux(), "GNU OpenMP is Linux's");
        bool isSaid = Environment.GetEnvironmentVariable(OpenMpThreads.TurnsVariable) is not null
            || Environment.GetEnvironmentVariable(OpenMpThreads.PolicyVariable) is not null;

        (OpenMpThreads.InForce(OpenMpThreads.TurnsVariable) == "1000").ShouldBe(!isSaid);
    }

    [Theory]
    [InlineData(OpenMpThreads.TurnsVariable, "100000")]
    [InlineData(OpenMpThreads.PolicyVariable, "active")]
    public void What_the_user_said_stands(string variable, string value) =>
        OpenMpThreads.SleepSoon(name => name == variable ? value : null).ShouldBeFalse();
}
