using SpecGD.Sweeps.Engines;

namespace SpecGD.Tests.Sweeps;

/// <summary>How a process ended is said in plain words, with the name of the signal.</summary>
public class ProcessEndTests
{
    [Theory]
    [InlineData(130, "It was interrupted (Ctrl-C, SIGINT).")]
    [InlineData(143, "It was asked to end (SIGTERM).")]
    [InlineData(137, "It was killed (SIGKILL), by someone or by the system when memory ran out.")]
    [InlineData(139, "It crashed on an access to memory that is not its own (SIGSEGV).")]
    [InlineData(134, "It ended itself on an error (SIGABRT).")]
    [InlineData(129, "It was ended because its terminal or connection was closed (SIGHUP).")]
    [InlineData(128 + 44, "It was ended by signal 44; task.log may tell more.")]
    [InlineData(7, "It ended with code 7 and said nothing of its run; task.log may tell more.")]
    public void An_exit_code_is_a_sentence(int code, string sentence) => ProcessEnd.Words(code, "task.log").ShouldBe(sentence);
}
