namespace SpecGD.Figures.Tests;

/// <summary>
/// Tests that run beside no others: they set environment variables, or start a script that they have just written, which Linux refuses
/// ("Text file busy") while a process that another thread has just begun still holds it open.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public class Alone
{
    public const string Name = "alone";
}
