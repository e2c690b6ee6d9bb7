using Mono.Cecil;
using Mono.Cecil.Cil;
using Mono.Cecil.Rocks;

namespace SpecGD.Cli.Tests;

/// <summary>
/// Reads a compiled assembly for addresses of managed memory that nothing holds. The variable of a <c>fixed</c> statement holds what it points to; every
/// other way lets the collector free the memory while native code uses it.
/// </summary>
internal static class Pinning
{
    /// <summary>Methods that turn managed memory into an address without holding it, or that hold it until somebody remembers to let go.</summary>
    private static readonly string[] Forbidden =
    [
        "System.Runtime.CompilerServices.Unsafe::AsPointer",
        "System.Runtime.InteropServices.Marshal::UnsafeAddrOfPinnedArrayElement",
        "System.Runtime.InteropServices.GCHandle::AddrOfPinnedObject",
        "System.Runtime.InteropServices.GCHandle::Alloc",
        "System.Runtime.InteropServices.MemoryMarshal::GetArrayDataReference",
    ];

    /// <summary>Every fault, in a sentence; and how many addresses were taken by <c>fixed</c>.</summary>
    public static (IReadOnlyList<string> Faults, int Fixed) Read(string path, Func<TypeDefinition, bool>? only = null)
    {
        using var module = ModuleDefinition.ReadModule(path);
        var types = module.GetAllTypes().Where(type => only?.Invoke(type) ?? true).ToArray();
        var methods = types.SelectMany(type => type.Methods).ToArray();
        string[] faults =
        [
            .. types.SelectMany(type => type.Fields).Where(field => IsDataPointer(field.FieldType)).Select(field => $"{field.FullName} keeps an address"),
            .. methods.Where(method => IsDataPointer(method.ReturnType)).Select(method => $"{method.FullName} returns an address"),
            .. methods.Where(method => method.HasBody).SelectMany(OfBody),
        ];
        return (faults, methods.Where(method => method.HasBody).Sum(method => method.Body.Variables.Count(variable => variable.IsPinned)));
    }

    private static IEnumerable<string> OfBody(MethodDefinition method)
    {
        foreach (var instruction in method.Body.Instructions)
        {
            if (instruction.Operand is MethodReference called && Forbidden.Contains($"{called.DeclaringType.GetElementType().FullName}::{called.Name}"))
                yield return $"{method.FullName} calls {called.DeclaringType.Name}.{called.Name}";
            if (instruction.OpCode.Code is Code.Conv_U or Code.Conv_I && instruction.Previous is { } source && IsUnheldReference(source, method))
                yield return $"{method.FullName} turns a reference that is not fixed into an address (IL_{instruction.Offset:x4})";
        }
    }

    private static bool IsDataPointer(TypeReference type) => type switch
    {
        RequiredModifierType modified => IsDataPointer(modified.ElementType),
        OptionalModifierType modified => IsDataPointer(modified.ElementType),
        _ => type.IsPointer,
    };

    /// <summary>Whether an instruction leaves a managed reference that no variable of a <c>fixed</c> statement holds.</summary>
    private static bool IsUnheldReference(Instruction source, MethodDefinition method) => source.OpCode.Code switch
    {
        Code.Ldelema => !LoadsPinned(source.Previous?.Previous, method), // fixed (T* p = array): the variable is the array
        Code.Ldflda or Code.Ldsflda or Code.Unbox => true,
        Code.Call or Code.Callvirt => source.Operand is MethodReference { ReturnType.IsByReference: true },
        Code.Ldarg or Code.Ldarg_S => ((ParameterDefinition)source.Operand).ParameterType.IsByReference,
        >= Code.Ldarg_0 and <= Code.Ldarg_3 => Argument(source.OpCode.Code - Code.Ldarg_0, method),
        _ => Local(source, method) is { IsPinned: false, VariableType.IsByReference: true },
    };

    private static bool Argument(int index, MethodDefinition method) => method.HasThis
        ? index == 0 ? method.DeclaringType.IsValueType : method.Parameters[index - 1].ParameterType.IsByReference
        : method.Parameters[index].ParameterType.IsByReference;

    private static bool LoadsPinned(Instruction? instruction, MethodDefinition method) => instruction is not null && Local(instruction, method) is { IsPinned: true };

    private static VariableDefinition? Local(Instruction instruction, MethodDefinition method) => instruction.OpCode.Code switch
    {
        >= Code.Ldloc_0 and <= Code.Ldloc_3 => method.Body.Variables[instruction.OpCode.Code - Code.Ldloc_0],
        Code.Ldloc or Code.Ldloc_S => (VariableDefinition)instruction.Operand,
        _ => null,
    };
}
