using SpecGD.Experiments;
using SpecGD.Gallery.Analysis;
using SpecGD.Gallery.Networks;
using SpecGD.Sweeps;

namespace SpecGD.Gallery.Tests;

public class ShippedSweepTests
{
    /// <summary>Arms: six with five rates, and SGD with five, over three seeds; six layers with three rates over three seeds. Quick: two networks, one seed.</summary>
    [Fact]
    public void The_sweep_has_the_runs_that_its_page_promises()
    {
        if (ExperimentCatalog.All.All(experiment => experiment.Name != GalleryExperiment.ExperimentName))
            ExperimentCatalog.Add(new GalleryExperiment());
        Should.Throw<ArgumentException>(() => ExperimentCatalog.Add(new GalleryExperiment())).Message.ShouldContain("already");

        SweepExpansion.Expand(ShippedSweeps.Read("gallery", quick: false), "gallery").Count.ShouldBe(Catalog.All.Count * ((7 * 5 * 3) + (6 * 3 * 3)));
        SweepExpansion.Expand(ShippedSweeps.Read("gallery", quick: true), "gallery").Count.ShouldBe(2 * ((7 * 3) + 6));

        var tail = SweepExpansion.Expand(ShippedSweeps.Read("gallery-tail", quick: false), "gallery-tail");
        tail.Count.ShouldBe(2 * ((3 + 1) * 5 * 3));
        SweepExpansion.Expand(ShippedSweeps.Read("gallery-tail", quick: true), "gallery-tail").Count.ShouldBe(4);
        int shortened = (int)Math.Round(TailResult.ShareOfSteps * Catalog.Named("transformer").Steps);
        tail.Select(task => ((GalleryOptions)task.Options).Steps).OfType<int>().Distinct().ShouldBe([shortened], "the steps of the runs that should need fewer");
    }
}
