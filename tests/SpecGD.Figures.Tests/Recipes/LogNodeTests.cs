using System.Text.Json.Nodes;
using SpecGD.Figures.Recipes;
using SpecGD.Records;

namespace SpecGD.Figures.Tests.Recipes;

public class LogNodeTests
{
    private static readonly LogNode Root = Of("""
        {"number": 1.5, "text": "t", "list": [1, null, 3], "sizes": {"16": 2, "8": 1}, "mixed": [1, "two"], "nothing": null,
         "series": {"steps": [0, 2], "values": [1, null]}, "short": {"steps": [0, 1], "values": [1]}}
        """);

    [Fact]
    public void What_is_there_is_read()
    {
        Root["number"].Number.ShouldBe(1.5);
        Root["text"].Text.ShouldBe("t");
        Root["list"].Numbers.ShouldBe([1, double.NaN, 3]);
        Root["sizes"].NumberedMembers().Select(member => (member.Key, member.Node.Number)).ShouldBe([(8, 1), (16, 2)]);
        var series = Root["series"].ToSeries();
        series.Steps.ShouldBe([0, 2]);
        series.Values.ShouldBe([1, double.NaN]);
    }

    [Fact]
    public void What_is_missing_is_nothing()
    {
        var missing = Root["no"]["such"]["place"];
        missing.Exists.ShouldBeFalse();
        missing.Path.ShouldBe("root.no.such.place");
        missing.Number.ShouldBeNull();
        missing.Text.ShouldBeNull();
        missing.Numbers.ShouldBeEmpty();
        missing.Members.ShouldBeEmpty();
        Root["nothing"].Exists.ShouldBeFalse();
    }

    [Fact]
    public void What_has_another_form_is_a_complaint_with_its_place()
    {
        Complaint(() => Root["text"].Number).ShouldBe("The log's 'root.text' must be a number, not \"t\".");
        Complaint(() => Root["number"].Text).ShouldBe("The log's 'root.number' must be a text, not 1.5.");
        Complaint(() => Root["mixed"].Numbers).ShouldBe("The log's 'root.mixed[1]' must be a number, not \"two\".");
        Complaint(() => Root["list"]["x"]).ShouldBe("The log's 'root.list' must be an object, not [1,null,3].");
        Complaint(() => Root["number"].Items).ShouldBe("The log's 'root.number' must be a list, not 1.5.");
        Complaint(() => Root["no"].Required()).ShouldBe("The log's 'root.no' must be a number, not missing.");
        Complaint(() => Root["short"].ToSeries()).ShouldBe("The log's 'root.short' has 2 steps but 1 value; the two must be as many.");
        Complaint(() => Root["list"].ToSeries())
            .ShouldBe("The log's 'root.list' is no series: it must be an object with the lists 'steps' and 'values'.");
    }

    private static string Complaint(Func<object?> read) => Should.Throw<BadInputException>(() => read()).Message;

    private static LogNode Of(string json) => LogNode.Section(new RunLog("log") { Sections = new JsonObject { ["root"] = JsonNode.Parse(json) } }, "root");
}
