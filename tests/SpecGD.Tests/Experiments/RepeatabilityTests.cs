using SpecGD.Experiments;
using SpecGD.Numerics.LinearAlgebra;
using SpecGD.Records;

namespace SpecGD.Tests.Experiments;

public class RepeatabilityTests
{
    [SkippableFact]
    public void The_same_settings_give_the_same_log_to_the_last_bit()
    {
        var options = new RandomFeatureOptions { Steps = 60, SpecgdRestartFrequency = 20 };
        Skip.If(Backend.OpenBlas is null, "OpenBLAS is not installed");

        byte[] first = RunLogFile.Serialize(new RandomFeature().Run(options, RunContext.Silent).Log);
        byte[] second = RunLogFile.Serialize(new RandomFeature().Run(options, RunContext.Silent).Log);

        first.ShouldBe(second);
    }
}
