using System.Collections.Concurrent;
using System.Reflection;
using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Records;

/// <summary>
/// The compiled code that computes an experiment: this library and its numerics, and for experiments that compute elsewhere the assembly that does, with every assembly of this
/// program that it refers to. A run that other code computed is computed again.
/// </summary>
public static class ComputingCode
{
    private const string OurPrefix = "SpecGD";

    private static readonly Assembly[] Always = [typeof(ComputingCode).Assembly, typeof(Linear).Assembly];

    private static readonly string Library = Identifiers(Always);

    private static readonly ConcurrentDictionary<string, Lazy<string>> Elsewhere = new();

    /// <summary>Notes that <paramref name="assembly"/> computes an experiment; null where nothing beside the library does.</summary>
    /// <param name="experiment">Name of the experiment.</param>
    /// <param name="assembly">The assembly.</param>
    public static void Note(string experiment, Assembly? assembly)
    {
        if (assembly is null)
            Elsewhere.TryRemove(experiment, out _);
        else
            Elsewhere[experiment] = new Lazy<string>(() => Identifiers(Always.Concat(WithReferences(assembly).Except(Always).OrderBy(one => one.GetName().Name, StringComparer.Ordinal))));
    }

    /// <summary>The code of an experiment, by the identifiers that the compiler makes of the content of each assembly.</summary>
    /// <param name="experiment">Name of the experiment.</param>
    public static string Of(string experiment) => Elsewhere.TryGetValue(experiment, out var code) ? code.Value : Library;

    private static string Identifiers(IEnumerable<Assembly> assemblies) => string.Join('-', assemblies.Select(assembly => assembly.ManifestModule.ModuleVersionId.ToString("N")));

    private static HashSet<Assembly> WithReferences(Assembly first)
    {
        HashSet<Assembly> found = [first];
        var due = new Queue<Assembly>(found);
        while (due.TryDequeue(out var assembly))
            foreach (var name in assembly.GetReferencedAssemblies().Where(name => name.Name?.StartsWith(OurPrefix, StringComparison.Ordinal) == true))
                if (Assembly.Load(name) is var reference && found.Add(reference))
                    due.Enqueue(reference);
        return found;
    }
}
