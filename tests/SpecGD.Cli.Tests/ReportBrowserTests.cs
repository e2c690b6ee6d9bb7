using System.Text.Json;
using Microsoft.Playwright;
using SpecGD.Cli.Commands;
using SpecGD.Diagnosis;
using SpecGD.Numerics;
using SpecGD.Numerics.Random;
using SpecGD.Records;

namespace SpecGD.Cli.Tests;

/// <summary>Reports of a diagnosis and of a run in a real browser: Debian's Chromium, driven by Playwright, which downloads nothing.</summary>
public sealed partial class ReportBrowserTests : InTemporaryDirectory, IAsyncLifetime
{
    private const string ChromiumVariable = "SPECGD_CHROMIUM", UsualChromium = "/usr/bin/chromium";

    /// <summary>WCAG 2.2, success criterion 1.4.3 (level AA), for text of any size.</summary>
    private const double ContrastAA = 4.5;

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    private static string Chromium => Environment.GetEnvironmentVariable(ChromiumVariable) ?? UsualChromium;

    public async Task InitializeAsync()
    {
        if (!File.Exists(Chromium))
            return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium, Args = ["--no-sandbox"] });
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.CloseAsync();
        _playwright?.Dispose();
    }

    [SkippableFact]
    public async Task The_report_is_whole_readable_and_sortable_on_desktop_and_phone_in_light_and_dark()
    {
        SkipWithoutPrograms();
        string report = "file://" + Report();

        foreach (var (width, height) in new[] { (1280, 900), (390, 844) })
        {
            foreach (var scheme in new[] { ColorScheme.Light, ColorScheme.Dark })
            {
                await using var context = await _browser!.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = height }, ColorScheme = scheme });
                var page = await context.NewPageAsync();
                var complaints = new List<string>();
                page.Console += (_, message) => complaints.Add(message.Text);
                page.PageError += (_, error) => complaints.Add(error);
                await page.GotoAsync(report);
                await Check(page, $"{width} pixels, {scheme}");
                complaints.ShouldBeEmpty();
            }
        }
    }

    [SkippableFact]
    public async Task Wide_figures_of_a_run_are_seen_whole_on_a_desktop_and_the_hint_to_swipe_is_there_exactly_where_they_are_not()
    {
        SkipWithoutPrograms();
        string report = LayeredRun(spectraEvery: 3);

        foreach (int width in new[] { 1920, 1440, 1280, 1024, 860, 845, 740, 390 })
        {
            await using var context = await _browser!.NewContextAsync(new() { ViewportSize = new() { Width = width, Height = 900 } });
            var page = await context.NewPageAsync();
            await page.GotoAsync("file://" + report);
            var figures = (await page.EvaluateAsync<JsonElement>(FiguresScript)).EnumerateArray().ToArray();
            figures.Length.ShouldBeGreaterThanOrEqualTo(4, "two figures and the last frames of two animations");
            foreach (var figure in figures)
            {
                bool scrolls = figure[0].GetBoolean(), hinted = figure[1].GetBoolean();
                hinted.ShouldBe(scrolls, $"{width} pixels, {figure[2]}");
                if (width >= DesktopWidth || width == PhoneWidth)
                    scrolls.ShouldBe(width == PhoneWidth, $"{width} pixels, {figure[2]}");
            }
            (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth")).ShouldBeTrue($"{width}: sideways");
        }
    }

    /// <summary>The first figure of the diagnosis: a point for each layer, a map of steps, spectra.</summary>
    [SkippableFact]
    public async Task A_figure_answers_to_the_pointer_the_keyboard_and_its_key()
    {
        SkipWithoutPrograms();
        var (page, complaints) = await Opened(Report());
        var figure = page.Locator("figure").First;
        var said = figure.Locator("output");
        var panel = figure.Locator(".panel");
        const string OfLayer = @"^[\w.]+, 16 × 12: nr [\d.]+, st [\d.]+, nr/st [\d.]+, (spectral|undecided|euclidean), step 20$";

        await figure.Locator(".curve[data-names] use").First.HoverAsync(new() { Force = true });
        (await said.TextContentAsync())!.ShouldMatch(OfLayer);
        await page.Mouse.MoveAsync(1, 1);
        (await said.TextContentAsync()).ShouldBe("");

        await panel.FocusAsync();
        await page.Keyboard.PressAsync("ArrowDown");
        (await said.TextContentAsync())!.Length.ShouldBeGreaterThan(0, "the keyboard reads, too");
        await page.Keyboard.PressAsync("+");
        (await figure.Locator("button:text('Whole figure')").IsVisibleAsync()).ShouldBeTrue();
        await page.Keyboard.PressAsync("Escape");
        (await figure.Locator("button:text('Whole figure')").IsVisibleAsync()).ShouldBeFalse();

        var entry = figure.Locator(".entry[role=button]").First;
        string number = (await entry.GetAttributeAsync("data-curve"))!;
        var curve = figure.Locator($".curve[data-curve='{number}']");
        (await curve.EvaluateAsync<string>("g => getComputedStyle(g).display")).ShouldNotBe("none");
        await entry.FocusAsync();
        await page.Keyboard.PressAsync("Enter");
        (await curve.EvaluateAsync<string>("g => getComputedStyle(g).display")).ShouldBe("none");
        (await entry.GetAttributeAsync("aria-pressed")).ShouldBe("false");
        complaints.ShouldBeEmpty();
    }

    /// <summary>A value that is read is the one of the log, also in a range that was dragged.</summary>
    [SkippableFact]
    public async Task A_curve_is_read_as_its_log_has_it_and_a_dragged_range_fills_the_panel()
    {
        SkipWithoutPrograms();
        string output = Path.Combine(Folder, "run");
        SpecgdProcess.Run(Folder, ["run", "random-feature", "--dim", "8", "--feature-dim", "4", "--num-samples", "30", "--steps", "12", "--specgd-restart-frequency", "0", "--output", output]).ExitCode.ShouldBe(0);
        var loss = RunLogFile.Read(Path.Combine(output, RunFolder.LogName)).Methods["gradient_descent"].Find("loss")!;
        var (page, complaints) = await Opened(Path.Combine(output, RunFolder.ReportName));
        var figure = page.Locator("figure").First;
        var said = figure.Locator("output");

        await figure.Locator(".panel").First.FocusAsync();
        foreach (int step in Enumerable.Range(0, 3))
        {
            await page.Keyboard.PressAsync("ArrowRight");
            string words = (await said.TextContentAsync())!;
            words.ShouldStartWith("GD: ");
            double read = double.Parse(words.Split(' ')[^1], System.Globalization.CultureInfo.InvariantCulture);
            (Math.Abs((read / loss.Values[step]) - 1) <= PlaceError).ShouldBeTrue($"{words}: {loss.Values[step]}");
        }

        var hit = (await figure.Locator(".hit").First.BoundingBoxAsync())!;
        await page.Mouse.MoveAsync(hit.X + (hit.Width / 4), hit.Y + (hit.Height / 4));
        await page.Mouse.DownAsync();
        await page.Mouse.MoveAsync(hit.X + (hit.Width / 2), hit.Y + (hit.Height / 2), new() { Steps = 4 });
        await page.Mouse.UpAsync();
        (await figure.Locator(".tics").First.EvaluateAsync<string>("g => getComputedStyle(g).display")).ShouldBe("none", "the range has tics of its own");
        await figure.Locator("button:text('Whole figure')").ClickAsync();
        (await figure.Locator(".tics").First.EvaluateAsync<string>("g => getComputedStyle(g).display")).ShouldNotBe("none");
        complaints.ShouldBeEmpty();
    }

    /// <summary>Places are written to a hundredth of a dot: 1 % on an axis of many decades.</summary>
    private const double PlaceError = 0.01;

    /// <summary>The frames of the animation on a canvas, in any order, each as the one that was drawn: its neighbours differ, and going back gives the same.</summary>
    [SkippableFact]
    public async Task An_animation_is_stopped_and_read_frame_by_frame()
    {
        SkipWithoutPrograms();
        string output = Path.Combine(Folder, "run");
        SpecgdProcess.Run(Folder, ["run", "sparse-regression", "--dim", "4", "--width", "6", "--batch-size", "12", "--steps", "6", "--spectra-every", "2", "--output", output]).ExitCode.ShouldBe(0);
        var (page, complaints) = await Opened(Path.Combine(output, RunFolder.ReportName));
        var details = page.Locator("details.animation").First;
        await details.Locator("summary").ClickAsync();
        await details.Locator("canvas").WaitForAsync();
        var button = details.Locator("button");
        if (await button.TextContentAsync() == "Stop")
            await button.ClickAsync();
        var slider = details.Locator("input[type=range]");
        int frames = int.Parse((await slider.GetAttributeAsync("max"))!, System.Globalization.CultureInfo.InvariantCulture);
        frames.ShouldBeGreaterThanOrEqualTo(3);

        async Task<string> Frame(int number)
        {
            await slider.FillAsync(number.ToString(System.Globalization.CultureInfo.InvariantCulture));
            (await details.Locator("span").Last.TextContentAsync()).ShouldBe($"frame {number} of {frames}");
            return await details.Locator("canvas").EvaluateAsync<string>("canvas => canvas.toDataURL()");
        }

        string[] forward = [.. await InTurn(Enumerable.Range(1, frames), Frame)], back = [.. (await InTurn(Enumerable.Range(1, frames).Reverse(), Frame)).Reverse()];
        forward.Distinct().Count().ShouldBe(frames);
        back.ShouldBe(forward);
        complaints.ShouldBeEmpty();
    }

    private static async Task<IReadOnlyList<string>> InTurn(IEnumerable<int> numbers, Func<int, Task<string>> each)
    {
        var all = new List<string>();
        foreach (int number in numbers)
            all.Add(await each(number));
        return all;
    }

    [SkippableFact]
    public async Task Without_script_every_figure_is_seen()
    {
        SkipWithoutPrograms();
        await using var context = await _browser!.NewContextAsync(new() { JavaScriptEnabled = false });
        var page = await context.NewPageAsync();
        await page.GotoAsync("file://" + Report());
        int figures = await page.Locator("figure svg.live").CountAsync();
        figures.ShouldBe(3);
        for (int i = 0; i < figures; i++)
            (await page.Locator("figure svg.live").Nth(i).BoundingBoxAsync())!.Width.ShouldBeGreaterThan(100);
    }

    private async Task<(IPage Page, List<string> Complaints)> Opened(string report)
    {
        var context = await _browser!.NewContextAsync(new() { ViewportSize = new() { Width = 1280, Height = 900 } });
        var page = await context.NewPageAsync();
        var complaints = new List<string>();
        page.Console += (_, message) => complaints.Add(message.Text);
        page.PageError += (_, error) => complaints.Add(error);
        await page.GotoAsync("file://" + report);
        return (page, complaints);
    }

    private void SkipWithoutPrograms()
    {
        Skip.If(_browser is null, $"there is no {Chromium} (apt-get install chromium, or {ChromiumVariable}=FILE)");
    }

    private static async Task Check(IPage page, string where)
    {
        await page.EvaluateAsync("document.querySelectorAll('details').forEach(d => d.open = true)");
        var pictures = await page.EvaluateAsync<JsonElement>(
            "Promise.all([...document.images].map(i => i.decode())).then(() => [...document.querySelectorAll('figure :is(img, .live)')].map(i => [Number(i.getAttribute('width')), i.getBoundingClientRect().width]))");
        pictures.GetArrayLength().ShouldBe(3, where);
        foreach (var picture in pictures.EnumerateArray())
            picture.EnumerateArray().ShouldAllBe(size => size.GetDouble() > 100);
        (await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= window.innerWidth")).ShouldBeTrue($"{where}: the page must not scroll sideways");
        (await page.EvaluateAsync<double>("parseFloat(getComputedStyle(document.body).fontSize)") >= 14).ShouldBeTrue(where);
        await CheckContrast(page, where);
        await CheckSorting(page, "#layers details table", column: 8, where);
        if (page.ViewportSize!.Width > PhoneWidth) // on a phone the table of verdicts is one card a layer, without headings
            await CheckSorting(page, "#layers table >> nth=0", column: 3, where);
    }

    private static async Task CheckContrast(IPage page, string where)
    {
        var found = await page.EvaluateAsync<JsonElement>(ContrastScript);
        found.GetArrayLength().ShouldBeGreaterThan(100, "the script must see the texts of the page");
        foreach (var text in found.EnumerateArray())
            (text[0].GetDouble() >= ContrastAA).ShouldBeTrue($"{where}: contrast {text[0]} of '{text[1]}'");
        // The negative control: a text that is made hard to read is found.
        await page.EvaluateAsync("document.querySelector('h1').style.color = getComputedStyle(document.body).backgroundColor");
        bool blind = (await page.EvaluateAsync<JsonElement>(ContrastScript)).EnumerateArray().All(text => text[0].GetDouble() >= ContrastAA);
        await page.EvaluateAsync("document.querySelector('h1').style.color = ''");
        blind.ShouldBeFalse(where);
    }

    private static async Task CheckSorting(IPage page, string table, int column, string where)
    {
        var ratios = page.Locator(table).Locator($"tbody tr td:nth-child({column})");
        var heading = page.Locator(table).Locator("th button", new() { HasTextString = "nr/st" });
        async Task<double[]> Values() => [.. (await ratios.EvaluateAllAsync<string[]>("cells => cells.map(c => c.dataset.value ?? '')"))
            .Where(text => text.Length > 0).Select(text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture))];
        double[] before = await Values();
        before.ShouldNotBe([.. before.Order()], "the order of the network must differ from that of the ratios");
        await heading.ClickAsync();
        (await Values()).ShouldBe([.. before.Order()], where);
        await heading.ClickAsync();
        (await Values()).ShouldBe([.. before.OrderDescending()], where);
        (await page.Locator(table).Locator("tbody tr:last-child").TextContentAsync())!.ShouldContain("frozen", Case.Insensitive, "what was not measured stays last");
    }

    /// <summary>Widths in pixels: from the first on every figure is seen whole, at the other every wide one must be swiped.</summary>
    private const int DesktopWidth = 1024, PhoneWidth = 390;

    /// <summary>Of every figure, once all pictures are there and all details open: whether it scrolls, whether the hint shows, its size.</summary>
    private const string FiguresScript =
        """
        async () => {
          document.querySelectorAll('details').forEach(d => d.open = true);
          await Promise.all([...document.images].map(i => i.decode()));
          return [...document.querySelectorAll('figure')].map(f => {
            const plate = f.querySelector('.plate'), image = f.querySelector('img, .live, canvas');
            const hint = getComputedStyle(f.querySelector('.hint')).display !== 'none';
            const size = `picture ${image.getBoundingClientRect().width} of ${image.getAttribute('width')}, plate ${plate.clientWidth}`;
            return [plate.scrollWidth > plate.clientWidth, hint, size];
          });
        }
        """;

    /// <summary>For every visible text: the contrast of its colour with the nearest opaque background behind it, and its beginning.</summary>
    private const string ContrastScript =
        """
        () => {
          const parse = c => { const n = c.match(/[\d.]+/g).map(Number); return n.length > 3 ? n : [...n, 1]; };
          const light = c => { const [r, g, b] = c.map(v => v / 255).map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
          const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c; } return [255, 255, 255, 1]; };
          const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), found = [];
          for (let node; (node = texts.nextNode());) {
            const e = node.parentElement, box = e.getBoundingClientRect();
            if (!node.data.trim() || !box.width || box.right < 0 || ['SCRIPT', 'STYLE'].includes(e.tagName)) continue;
            const a = light(parse(getComputedStyle(e).color)), b = light(behind(e));
            found.push([(Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), node.data.trim().slice(0, 40)]);
          }
          return found;
        }
        """;

    /// <summary>Three steps of a small network with every verdict, and one layer that cannot be measured.</summary>
    private string Report()
    {
        string[] files = [.. new[] { 0, 10, 20 }.Select(Capture)];
        string output = Path.Combine(Folder, "report");
        var said = SpecgdProcess.Run(Folder, ["diagnose", .. files, "--output", output]);
        said.ExitCode.ShouldBe(0, said.Error);
        File.Exists(Path.Combine(output, DiagnoseRun.CsvName)).ShouldBeTrue();
        return Path.Combine(output, RunFolder.ReportName);
    }

    private string Capture(int step)
    {
        var random = new TorchRandom((ulong)step + 1);
        var tensors = new List<SafetensorsTensor>();
        var layers = new List<string>();
        foreach (var (i, name) in new[] { "embed", "blocks.0.attn.qkv", "blocks.0.attn.proj", "blocks.0.mlp.fc", "blocks.0.mlp.proj", "lm_head" }.Index())
        {
            var gradient = random.Normal(16, 12);
            for (int row = 0; row < 16; row++)
                for (int column = 0; column < 12; column++)
                    gradient[row, column] *= Math.Pow(1 + (((i * 5) + step) % 7), -column / 4.0);
            var gram = Matrix.Identity<double>(12);
            gram[0, 0] = 1 + (i * i);
            tensors.Add(SafetensorsTensor.Of(name + "/gradient", gradient));
            tensors.Add(SafetensorsTensor.Of(name + "/gram", gram));
            layers.Add($$"""{"name":"{{name}}","kind":"linear","samples":4000,"rows":4000,"units":100,"gradient":"{{name}}/gradient","gram":"{{name}}/gram"}""");
        }
        layers.Add("""{"name":"adapter","kind":"linear","shape":[16,12],"samples":4000,"frozen":true}""");
        string path = Path.Combine(Folder, $"step{step}.safetensors");
        string json = $$"""{"format":"specgd-capture","version":1,"step":{{step}},"layers":[{{string.Join(',', layers)}}]}""";
        SafetensorsWriter.Write(path, tensors, new Dictionary<string, string> { [CaptureTensors.DescriptionKey] = json });
        return path;
    }
}
