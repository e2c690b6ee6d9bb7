using System.IO.Enumeration;
using System.Numerics;
using SpecGD.Spectral;

namespace SpecGD.Optimizers.Parameters;

/// <summary>Which tensors a rule updates, and why.</summary>
/// <param name="Pattern">Names, with * for any characters.</param>
/// <param name="Rule">How they are updated.</param>
/// <param name="Multiplier">Factor on the rule's learning rate.</param>
/// <param name="Reason">Why this rule, in a phrase.</param>
public sealed record Route(string Pattern, UpdateRule Rule, double Multiplier, string Reason)
{
    /// <summary>A second pattern that the names must fit too; by default any name does.</summary>
    public string AndCovers { get; init; } = "*";

    /// <summary>True for a route that the user gave: one that covers nothing is a mistake of theirs.</summary>
    public bool IsOfUser { get; init; }

    /// <summary>True where both patterns cover the name.</summary>
    public bool Covers(string name) => Fits(name) && Matches(AndCovers, name);

    /// <summary>True where the first pattern covers the name.</summary>
    internal bool Fits(string name) => Matches(Pattern, name);

    private static bool Matches(string pattern, string name) => FileSystemName.MatchesSimpleExpression(pattern, name, ignoreCase: false);
}

/// <summary>One tensor of a model with what updates it: a line of the routing table.</summary>
/// <param name="Name">The tensor.</param>
/// <param name="Shape">Its sizes.</param>
/// <param name="Optimizer">Name of the rule.</param>
/// <param name="LearningRate">The rule's learning rate times the route's multiplier, before the schedule.</param>
/// <param name="Count">Number of parameters.</param>
/// <param name="Reason">Why this rule.</param>
public sealed record RoutedParameter(string Name, IReadOnlyList<int> Shape, string Optimizer, double LearningRate, int Count, string Reason);

/// <summary>Rules for tensors by their names; the first route that covers a name decides. A tensor that none covers is an error.</summary>
/// <param name="Name">Name on the command line.</param>
/// <param name="Routes">The routes in order.</param>
public sealed record RoutingTable(string Name, IReadOnlyList<Route> Routes)
{
    /// <summary>The table of a model's tensors, in their order.</summary>
    /// <exception cref="BadInputException">No route covers a tensor, or its rule cannot update it.</exception>
    public IReadOnlyList<RoutedParameter> Assign<T>(IEnumerable<ParameterTensor<T>> tensors)
        where T : unmanaged, IBinaryFloatingPointIeee754<T> => Assign(tensors.Select(tensor => tensor.Layout));

    /// <summary>The same of tensors that need not exist yet.</summary>
    /// <exception cref="BadInputException">No route covers a tensor, or its rule cannot update it.</exception>
    public IReadOnlyList<RoutedParameter> Assign(IEnumerable<ParameterLayout> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ParameterLayout[] all = [.. tensors];
        if (Routes.FirstOrDefault(route => route.IsOfUser && !all.Any(tensor => route.Fits(tensor.Name))) is { } idle)
            throw new BadInputException(
                $"--route {idle.Pattern} covers no tensor; the tensors are {string.Join(", ", all.Select(tensor => tensor.Name))}.{Spelling.Hint(idle.Pattern, all.Select(tensor => tensor.Name))}");
        return
        [
            .. from tensor in all
               let route = RouteOf(tensor)
               select new RoutedParameter(
                   tensor.Name, tensor.Shape, route.Rule.Name, route.Rule.LearningRate * route.Multiplier, (int)tensor.Count, route.Reason),
        ];
    }

    /// <summary>The route of one tensor.</summary>
    /// <exception cref="BadInputException">No route covers it, or its rule cannot update it.</exception>
    public Route RouteOf(ParameterLayout tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var route = Routes.FirstOrDefault(r => r.Covers(tensor.Name))
            ?? throw new BadInputException(
                $"Routing '{Name}' assigns no optimizer to the tensor '{tensor.Name}'; "
                + $"its patterns are {string.Join(", ", Routes.Select(r => r.Pattern))}.");
        route.Rule.RequireFits(tensor);
        return route;
    }
}
