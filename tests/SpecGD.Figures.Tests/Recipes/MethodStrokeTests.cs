using SpecGD.Experiments;
using SpecGD.Figures.Recipes;

namespace SpecGD.Figures.Tests.Recipes;

public class MethodStrokeTests
{
    [Fact]
    public void Methods_without_a_role_have_no_colour_of_a_method_that_has_one_whatever_their_order()
    {
        string[] names = ["adamw", "gradient_descent", "muon", "specgd", "adam", "specgd_from_peak", "adaptive", "mine"];

        MethodStroke.Of(names).Select(stroke => stroke.Color).ShouldBeUnique();
        MethodStroke.Of(names.Reverse()).Select(stroke => stroke.Color).ShouldBeUnique();
    }

    [Fact]
    public void Every_method_with_a_name_looks_the_same_in_any_order_and_company()
    {
        foreach (string name in (string[])["muon", "adamw", "adam", "adaptive", "specgd", "specgd_from_iter_100"])
            MethodStroke.Of(["mine", "yours", name])[2].ShouldBe(MethodStroke.Of([name])[0], name);
        MethodName.Of("adamw").ShouldBe("AdamW");
        MethodName.Of("specgd_from_iter_100").ShouldBe("SpecGD from GD step 100");
    }

    [Fact]
    public void A_method_of_the_paper_looks_the_same_beside_any_others() =>
        MethodStroke.Of(["muon", "adaptive"])[1].ShouldBe(MethodStroke.Of(["adaptive"])[0]);
}
