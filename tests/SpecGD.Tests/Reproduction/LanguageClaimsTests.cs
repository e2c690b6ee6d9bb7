using SpecGD.Experiments.NanoGpt;
using SpecGD.Records;
using SpecGD.Reproduction;
using SpecGD.Tests.Experiments;

namespace SpecGD.Tests.Reproduction;

public class LanguageClaimsTests
{
    [Fact]
    public void A_record_in_which_everything_is_seen_holds_every_claim()
    {
        var log = new SyntheticTracker().Log();

        foreach (var claim in LanguageClaims.All)
            claim.Measure(log).Holds.ShouldBeTrue($"{claim.Statement}: {claim.Measure(log).Measured}");
    }

    /// <summary>One quantity changed, and the claims that then must fail, by what their statements begin with; no other may.</summary>
    public static TheoryData<string, string, double, string[]> Changed => new()
    {
        { "activation", "mlp.c_fc", 26, ["the hidden states of the MLPs"] },
        { "activation", "mlp.post", 27, ["the post-activations of the MLPs", "MLP out:", "embedding:"] },
        { "rms", "lm_head.pre", 6.5, ["the last normalised state"] },
        { "rms", "lm_head.pre", 2, ["LM head:"] },
        { "embed_lmhead", "embedding", 9, ["the token embeddings"] },
        { "value_embed", "value_embed0", 9, ["the value embeddings"] },
        { "gradient.mlp", "mlp.c_fc", 5, ["MLP in:"] },
        { "gradient.attention", "attn.q", 5.5, ["W_Q:"] },
        { "gradient.attention", "2.attn.k", 2.5, ["W_K:"] }, // one block below st is enough
        { "gradient.attention", "attn.c_proj", 5.9, ["W_O:"] },
        { "gradient.attention", "attn.v", 12.5, ["W_V:"] },
        { "gradient.embed_lmhead", "embedding", 7, ["embedding:"] },
        { "gradient.embed_lmhead", "lm_head", 5, ["LM head:"] },
    };

    [Theory]
    [MemberData(nameof(Changed))]
    public void What_is_not_seen_fails_its_claim_and_no_other(string section, string key, double value, string[] failing)
    {
        var tracker = new SyntheticTracker();
        bool ofEveryBlock = key.Contains('.', StringComparison.Ordinal) && !char.IsAsciiDigit(key[0]) && key != "lm_head.pre";
        var log = (ofEveryBlock ? tracker.Set(section, key, value) : tracker.With(section, key, value)).Log();

        var failed = LanguageClaims.All.Where(claim => !claim.Measure(log).Holds).Select(claim => claim.Statement).ToArray();

        failed.Length.ShouldBe(failing.Length, string.Join("; ", failed));
        foreach (string start in failing)
            failed.ShouldContain(statement => statement.StartsWith(start, StringComparison.Ordinal));
    }

    [Fact]
    public void Without_numbers_nothing_holds_and_it_is_said_that_they_are_missing()
    {
        var empty = new RunLog("empty");

        foreach (var finding in LanguageClaims.All.Select(claim => claim.Measure(empty)))
        {
            finding.Holds.ShouldBeFalse();
            finding.IsMissing.ShouldBeTrue();
        }
    }

    /// <summary>The quick settings of the figures and of Table 2, as <c>reproduce --quick</c> runs them.</summary>
    [Theory]
    [InlineData("fig2")]
    [InlineData("table2")]
    public void The_quick_settings_show_what_must_be_seen(string id)
    {
        var figure = PaperFigureCatalog.Named(id)[0];
        var log = SpecGD.Experiments.ExperimentCatalog.Named(figure.Experiment).Run(figure.QuickOptions, SpecGD.Experiments.RunContext.Silent).Log;
        var claims = PaperFigureCatalog.All.Where(f => f.Folder == figure.Folder).SelectMany(f => f.Claims).ToArray();

        claims.Length.ShouldBe(id == "fig2" ? LanguageClaims.All.Count : 4);
        foreach (var claim in claims)
        {
            var finding = claim.Measure(log);
            bool mayTie = claim.Statement.Contains("ends in between", StringComparison.Ordinal); // at this size Adam and Muon on the outputs are level
            (finding.Holds || (mayTie && finding.IsUndecided)).ShouldBeTrue($"{claim.Statement}: {finding.Measured}");
        }
    }

    [Fact]
    public void Table_2_fails_where_muon_gains_nothing()
    {
        var log = new RunLog("equal");
        foreach (string mlp in NanoGptAblation.Mlps)
            foreach (string optimizer in NanoGptAblation.Optimizers)
            {
                var method = new MethodLog();
                method.Record("val_loss", 10, optimizer == "muon-mlp-output" ? 2.1 : 2);
                log.Methods.Add(NanoGptAblation.MethodName(optimizer, mlp), method);
            }

        PaperFigureCatalog.Named("table2")[0].Claims.ShouldAllBe(claim => !claim.Measure(log).Holds);
    }
}
