using Mono.Cecil;

namespace SpecGD.Cli.Tests;

/// <summary>Numerics ← SpecGD ← Torch ← Language ← Cli and SpecGD ← Figures ← Cli, and what each may bring along from outside.</summary>
public class AssemblyDependencyTests
{
    [Theory]
    [InlineData("SpecGD.Numerics", "")]
    [InlineData("SpecGD", "SpecGD.Numerics")]
    [InlineData("SpecGD.Figures", "SpecGD,SpecGD.Numerics")]
    [InlineData("SpecGD.Torch", "SpecGD,SpecGD.Numerics")]
    [InlineData("SpecGD.Language", "SpecGD.Torch,SpecGD,SpecGD.Numerics")]
    [InlineData("SpecGD.Gallery", "SpecGD.Figures,SpecGD.Torch,SpecGD,SpecGD.Numerics")]
    [InlineData("SpecGD.Cli", "SpecGD.Gallery,SpecGD.Figures,SpecGD.Language,SpecGD.Torch,SpecGD,SpecGD.Numerics")]
    public void An_assembly_of_ours_refers_only_to_those_below_it(string name, string below) =>
        References(name).Where(n => n.StartsWith("SpecGD", StringComparison.Ordinal)).Except(below.Split(',')).ShouldBeEmpty();

    [Theory]
    [InlineData("MathNet.Numerics", "SpecGD.Numerics")]
    [InlineData("Spectre.Console", "SpecGD.Cli")]
    [InlineData("System.CommandLine", "SpecGD.Cli")]
    [InlineData("System.Console", "SpecGD.Cli")]
    [InlineData("Microsoft.Data.Sqlite", "SpecGD")]
    [InlineData("Parquet", "SpecGD")]
    [InlineData("ZstdSharp", "SpecGD")]
    public void A_library_has_one_home(string library, string home)
    {
        string[] users = [.. new[] { "SpecGD.Numerics", "SpecGD", "SpecGD.Figures", "SpecGD.Cli" }.Where(name => References(name).Contains(library))];

        users.ShouldBe([home]);
    }

    private static string[] References(string name)
    {
        using var module = ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, name + ".dll"));
        return [.. module.AssemblyReferences.Select(r => r.Name)];
    }
}
