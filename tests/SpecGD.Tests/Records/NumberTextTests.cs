using SpecGD.Records;

namespace SpecGD.Tests.Records;

public class NumberTextTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(1024, "1024")]
    [InlineData(-123456789, "-123456789")]
    [InlineData(28.69087651527368, "28.69")]
    [InlineData(0.001234567, "0.001235")]
    [InlineData(0.0001234567, "1.235e-4")]
    [InlineData(12623.5, "12624")]
    [InlineData(999.96, "1000")]
    [InlineData(1234567.5, "1.235e6")]
    [InlineData(3e12, "3.000e12")]
    public void Numbers_are_short_and_readable(double number, string expected) => NumberText.Of(number).ShouldBe(expected);
}
