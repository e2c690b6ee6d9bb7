using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace SpecGD.Tests.Architecture;

/// <summary>Dependencies point one way: Numerics ← SpecGD ← Figures ← Cli, and within the library by folder.</summary>
public class DependencyTests
{
    /// <summary>For each assembly, what of ours it may refer to.</summary>
    private static readonly Dictionary<string, string[]> AllowedAssemblies = new()
    {
        ["SpecGD.Numerics"] = [],
        ["SpecGD"] = ["SpecGD.Numerics"],
        ["SpecGD.Figures"] = ["SpecGD", "SpecGD.Numerics"],
    };

    /// <summary>For each folder of the library, the folders it may use. Models and Optimizers do not know each other; Training joins them.</summary>
    private static readonly Dictionary<string, string[]> AllowedFolders = new()
    {
        ["Spectral"] = [],
        ["Models"] = ["Spectral"],
        ["Optimizers"] = ["Spectral", "Records"],
        ["Data"] = ["Models", "Records"],
        ["Records"] = [],
        ["Training"] = ["Spectral", "Models", "Optimizers", "Data", "Records"],
        ["Experiments"] = ["Spectral", "Models", "Optimizers", "Data", "Records", "Training"],
        ["Reproduction"] = ["Experiments", "Records", "Spectral", "Training"],
        ["Sweeps"] = ["Experiments", "Records"],
        ["Diagnosis"] = ["Spectral", "Records"],
        ["Hardening"] = ["Data", "Diagnosis", "Experiments", "Models", "Records", "Spectral", "Sweeps", "Training"],
        ["Benchmarks"] = ["Spectral", "Models", "Optimizers", "Data", "Training", "Experiments", "Records"],
    };

    [Theory]
    [InlineData("SpecGD.Numerics")]
    [InlineData("SpecGD")]
    public void An_assembly_refers_only_to_those_below_it(string name)
    {
        using var module = Open(name);
        var ours = module.AssemblyReferences.Select(r => r.Name).Where(n => n.StartsWith("SpecGD", StringComparison.Ordinal));

        ours.Except(AllowedAssemblies[name]).ShouldBeEmpty();
    }

    [Fact]
    public void Every_folder_of_the_library_uses_only_those_it_may()
    {
        using var module = Open("SpecGD");
        var uses = module.GetAllTypes().SelectMany(type => Used(type).Select(other => (From: Folder(type), To: Folder(other), type, other)))
            .Where(use => use.From.Length > 0 && use.To.Length > 0 && use.From != use.To).ToArray();

        uses.Length.ShouldBeGreaterThan(20, "the reading of the assembly must find the uses there are");
        uses.Select(u => u.From).Distinct().Except(AllowedFolders.Keys).ShouldBeEmpty("every folder states what it may use");
        uses.Where(use => !AllowedFolders[use.From].Contains(use.To)).Select(use => $"{use.type.FullName} uses {use.other.FullName}").Distinct().ShouldBeEmpty();
    }

    [Fact]
    public void Unsafe_code_and_platform_calls_stay_in_Numerics()
    {
        using var module = Open("SpecGD");

        module.GetAllTypes().SelectMany(t => t.Methods).Where(m => m.IsPInvokeImpl).ShouldBeEmpty();
        module.GetAllTypes().SelectMany(t => t.Methods).Where(m => m.HasBody && m.Body.Variables.Any(v => v.VariableType.IsPointer)).ShouldBeEmpty();
        using var numerics = Open("SpecGD.Numerics");
        numerics.GetAllTypes().SelectMany(t => t.Methods).ShouldContain(m => m.IsPInvokeImpl, "the check must be able to see one");
    }

    private static ModuleDefinition Open(string name) => ModuleDefinition.ReadModule(Path.Combine(AppContext.BaseDirectory, name + ".dll"));

    /// <summary>First name after the root namespace: SpecGD.Experiments.Settings is in Experiments, SpecGD itself in none.</summary>
    private static string Folder(TypeReference type)
    {
        var outermost = type;
        while (outermost.DeclaringType is { } declaring)
            outermost = declaring;
        var parts = outermost.Namespace.Split('.');
        return outermost.Scope?.Name is "SpecGD.dll" or "SpecGD" && parts is ["SpecGD", var folder, ..] ? folder : "";
    }

    private static IEnumerable<TypeReference> Used(TypeDefinition type)
    {
        IEnumerable<TypeReference?> direct =
        [
            type.BaseType,
            .. type.Interfaces.Select(i => i.InterfaceType),
            .. type.Fields.Select(f => f.FieldType),
            .. type.Methods.Select(m => m.ReturnType),
            .. type.Methods.SelectMany(m => m.Parameters.Select(p => p.ParameterType)),
            .. type.Methods.Where(m => m.HasBody).SelectMany(m => m.Body.Variables.Select(v => v.VariableType)),
            .. type.Methods.Where(m => m.HasBody).SelectMany(m => m.Body.Instructions).Select(i => i.Operand switch
            {
                MethodReference method => method.DeclaringType,
                FieldReference field => field.DeclaringType,
                TypeReference reference => reference,
                _ => null,
            }),
        ];
        return direct.OfType<TypeReference>().SelectMany(Parts);
    }

    private static IEnumerable<TypeReference> Parts(TypeReference type) => type switch
    {
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Append(generic.ElementType),
        TypeSpecification specification => Parts(specification.ElementType),
        GenericParameter => [],
        _ => [type],
    };
}
