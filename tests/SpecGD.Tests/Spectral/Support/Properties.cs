using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace SpecGD.Tests.Spectral;

/// <summary>Runs a property over random cases that are the same in every run.</summary>
internal static class Properties
{
    private const ulong Seed = 20251203, Gamma = 97; // gamma must be odd

    /// <summary>Enough to see each of eight kinds many times; large matrices cost milliseconds each and are seen a few times.</summary>
    private const int SmallCases = 80, LargeCases = 8;

    /// <summary>The property over small matrices of every kind, or over a few large ones.</summary>
    public static void Hold(bool large, Action<MatrixCase> property) =>
        Hold(large ? MatrixCase.Large : MatrixCase.Any, property, large ? LargeCases : SmallCases);

    /// <summary>The same over matrices that fit single precision.</summary>
    public static void HoldInSinglePrecision(bool large, Action<MatrixCase> property) =>
        Hold(large ? MatrixCase.LargeForSinglePrecision : MatrixCase.ForSinglePrecision, property, large ? LargeCases : SmallCases);

    /// <summary>The property, which throws where it does not hold, for as many cases of <paramref name="cases"/>.</summary>
    public static void Hold<TCase>(Arbitrary<TCase> cases, Action<TCase> property, int count = SmallCases) =>
        Check.One(
            Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(count).WithReplay(new Replay(new Rnd(Seed, Gamma), FSharpOption<int>.None)),
            Prop.ForAll(cases, property));
}
