using System.Reflection;
using System.Reflection.Emit;

namespace SpecGD.Torch.Tests.Native;

/// <summary>
/// Calls, in compiled code, that make a <see cref="TorchSharp.Scalar"/> which nothing holds: a conversion of a number, or a method of TorchSharp that converts one within. A
/// finalizer frees such a Scalar, and may do so while native code still reads it.
/// </summary>
internal static class ScalarCalls
{
    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!).ToDictionary(code => code.Value);

    private static readonly Lazy<HashSet<MethodBase>> LazyUnsafe = new(FindUnsafe);

    /// <summary>"Type.Method calls Method" for each such call in an assembly, outside of <paramref name="allowed"/>.</summary>
    public static IEnumerable<string> In(Assembly assembly, params Type[] allowed) =>
        from method in MethodsOf(assembly)
        where !allowed.Contains(method.DeclaringType) && !allowed.Contains(method.DeclaringType?.DeclaringType)
        from called in CalledBy(method)
        where LazyUnsafe.Value.Contains(called)
        select $"{method.DeclaringType?.FullName}.{method.Name} calls {called.DeclaringType?.Name}.{called.Name}({string.Join(", ", called.GetParameters().Select(p => p.ParameterType.Name))})";

    /// <summary>Conversions of numbers, and every method of TorchSharp that makes use of one, directly or by another.</summary>
    private static HashSet<MethodBase> FindUnsafe()
    {
        var torch = typeof(TorchSharp.Scalar).Assembly;
        HashSet<MethodBase> found =
        [
            .. typeof(TorchSharp.Scalar).GetMethods(BindingFlags.Public | BindingFlags.Static).Where(method => method.Name == "op_Implicit"),
            .. torch.GetType("TorchSharp.ScalarExtensionMethods")!.GetMethods(BindingFlags.Public | BindingFlags.Static).Where(method => method.ReturnType == typeof(TorchSharp.Scalar)),
        ];
        var callers = (from method in MethodsOf(torch) from called in CalledBy(method) where called.Module == torch.ManifestModule select (method, called)).ToLookup(pair => pair.called, pair => pair.method);
        var due = new Queue<MethodBase>(found);
        while (due.TryDequeue(out var called))
            foreach (var caller in callers[called])
                if (found.Add(caller))
                    due.Enqueue(caller);
        return found;
    }

    private static IEnumerable<MethodBase> MethodsOf(Assembly assembly)
    {
        const BindingFlags all = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly;
        return assembly.GetTypes().SelectMany(type => type.GetMethods(all).Cast<MethodBase>().Concat(type.GetConstructors(all)));
    }

    /// <summary>Methods that the body calls; generic ones by their definition.</summary>
    private static IEnumerable<MethodBase> CalledBy(MethodBase method)
    {
        if (method.GetMethodBody()?.GetILAsByteArray() is not { } body)
            yield break;
        Type[]? ofType = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null, ofMethod = method.IsGenericMethod ? method.GetGenericArguments() : null;
        for (int at = 0; at < body.Length;)
        {
            short value = body[at++];
            if (value == 0xFE)
                value = unchecked((short)(0xFE00 | body[at++]));
            var code = Codes[value];
            if (code.OperandType == OperandType.InlineMethod && method.Module.ResolveMethod(BitConverter.ToInt32(body, at), ofType, ofMethod) is { } called)
                yield return called is MethodInfo { IsGenericMethod: true } generic ? generic.GetGenericMethodDefinition() : called;
            at += code.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(body, at)),
                _ => 4,
            };
        }
    }
}
