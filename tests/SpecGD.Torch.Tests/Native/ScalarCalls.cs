using System.Reflection;
using Mono.Cecil;
using Mono.Cecil.Rocks;

namespace SpecGD.Torch.Tests.Native;

/// <summary>
/// Calls, in compiled code, that make a <see cref="TorchSharp.Scalar"/> which nothing holds: a conversion of a number, or a method of TorchSharp that converts one within. A
/// finalizer frees such a Scalar, and may do so while native code still reads it.
/// </summary>
internal static class ScalarCalls
{
    private static readonly Lazy<HashSet<string>> LazyUnsafe = new(FindUnsafe);

    /// <summary>"Type.Method calls Method" for each such call in an assembly, outside of <paramref name="allowed"/>.</summary>
    public static IReadOnlyList<string> In(Assembly assembly, params Type[] allowed)
    {
        string[] exempt = [.. allowed.Select(type => type.FullName!)];
        using var module = ModuleDefinition.ReadModule(assembly.Location);
        return
        [
            .. from method in MethodsOf(module)
               where !exempt.Contains(method.DeclaringType.FullName) && !exempt.Contains(method.DeclaringType.DeclaringType?.FullName)
               from called in CalledBy(method)
               where LazyUnsafe.Value.Contains(called.FullName)
               select $"{method.DeclaringType.FullName}.{method.Name} calls {called.DeclaringType.Name}.{called.Name}({string.Join(", ", called.Parameters.Select(p => p.ParameterType.Name))})",
        ];
    }

    /// <summary>Conversions of numbers, and every method of TorchSharp that makes use of one, directly or by another.</summary>
    private static HashSet<string> FindUnsafe()
    {
        using var torch = ModuleDefinition.ReadModule(typeof(TorchSharp.Scalar).Assembly.Location);
        MethodDefinition[] methods = [.. MethodsOf(torch)];
        var found = methods.Where(IsConversion).Select(method => method.FullName).ToHashSet();
        var callers = (from method in methods from called in CalledBy(method) select (called.FullName, Caller: method.FullName)).ToLookup(call => call.FullName, call => call.Caller);
        var due = new Queue<string>(found);
        while (due.TryDequeue(out string? called))
            foreach (string caller in callers[called].Where(found.Add))
                due.Enqueue(caller);
        return found;
    }

    private static bool IsConversion(MethodDefinition method) => method.ReturnType.FullName == typeof(TorchSharp.Scalar).FullName
        && (method.DeclaringType.Name == nameof(TorchSharp.ScalarExtensionMethods) || (method.DeclaringType.Name == nameof(TorchSharp.Scalar) && method.Name == "op_Implicit"));

    private static IEnumerable<MethodDefinition> MethodsOf(ModuleDefinition module) => module.GetAllTypes().SelectMany(type => type.Methods).Where(method => method.HasBody);

    /// <summary>Methods that the body names; generic ones by their definition.</summary>
    private static IEnumerable<MethodReference> CalledBy(MethodDefinition method) =>
        method.Body.Instructions.Select(instruction => (instruction.Operand as MethodReference)?.GetElementMethod()).OfType<MethodReference>();
}
