using System.Text.Json;
using SpecGD.Records;

namespace SpecGD.Cli.Tests;

/// <summary>Keys of figures in reports, in a browser.</summary>
public sealed partial class ReportBrowserTests
{
    /// <summary>Colours tell methods and dashes layers, each with entries of its own: an entry switches every curve of its colour, or of its dash.</summary>
    [SkippableFact]
    public async Task Where_colours_and_dashes_have_entries_apart_each_switches_all_that_is_drawn_so()
    {
        SkipWithoutPrograms();
        var (page, complaints) = await Opened(LayeredRun(spectraEvery: 0));
        var apart = (await page.EvaluateAsync<JsonElement>(KeysApartScript)).EnumerateArray().ToArray();

        apart.Length.ShouldBeGreaterThan(0, "a panel with colours and dashes apart");
        foreach (var entry in apart)
        {
            entry.GetProperty("hidden").EnumerateArray().Select(stroke => stroke.GetString()).Distinct().Count().ShouldBeGreaterThan(1, entry.ToString());
            entry.GetProperty("isRight").GetBoolean().ShouldBeTrue(entry.ToString());
            entry.GetProperty("comesBack").GetBoolean().ShouldBeTrue(entry.ToString());
        }
        complaints.ShouldBeEmpty();
    }

    /// <summary>The report of a small four-layer network.</summary>
    private string LayeredRun(int spectraEvery)
    {
        string output = Path.Combine(Folder, "run");
        string[] run = ["run", "sparse-regression", "--dim", "4", "--width", "6", "--batch-size", "12", "--steps", "6", "--spectra-every", $"{spectraEvery}"];
        var said = SpecgdProcess.Run(Folder, [.. run, "--output", output]);
        said.ExitCode.ShouldBe(0, said.Error);
        return Path.Combine(output, RunFolder.ReportName);
    }

    /// <summary>
    /// Of each entry of the panels in which some entry has a colour that no curve has: the strokes of the curves that a click hides, whether these are all of its colour or,
    /// where none has its colour, of its dash, and whether a second click brings all back.
    /// </summary>
    private const string KeysApartScript =
        """
        () => [...document.querySelectorAll('svg.live .panel')].flatMap(panel => {
          const drawn = [...panel.querySelectorAll('.curve')].filter(c => c.children.length > 0), curves = drawn.filter(c => !c.dataset.label);
          const entries = [...panel.querySelectorAll('.entry[role=button]')].filter(e => drawn.every(c => c.dataset.curve !== e.dataset.curve));
          const part = (element, i) => element.dataset.stroke.split(' ')[i];
          const hasColor = entry => curves.some(c => part(c, 0) === part(entry, 0));
          if (entries.every(hasColor)) return [];
          return entries.map(entry => {
            const hidden = () => curves.filter(c => getComputedStyle(c).display === 'none');
            const i = hasColor(entry) ? 0 : 1, wanted = curves.filter(c => part(c, i) === part(entry, i));
            entry.dispatchEvent(new MouseEvent('click', { bubbles: true }));
            const off = hidden();
            entry.dispatchEvent(new MouseEvent('click', { bubbles: true }));
            return { entry: entry.dataset.label, hidden: off.map(c => c.dataset.stroke), isRight: off.length === wanted.length && wanted.every(c => off.includes(c)), comesBack: hidden().length === 0 };
          });
        })
        """;
}
