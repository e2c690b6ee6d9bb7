using SpecGD.Records;

namespace SpecGD.Tests.Records;

public sealed class EventFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-events-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_is_written_is_what_an_independent_reader_finds()
    {
        var clock = new FixedClock(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000).AddMilliseconds(250));
        using (var file = new EventFile(_folder, clock))
        {
            Path.GetFileName(file.Path).ShouldBe($"events.out.tfevents.1700000000.{Environment.MachineName}.{Environment.ProcessId}.0");
            file.Append(0, [("loss/train", 5.5)]);
            file.GoesOnAt(3);
            file.Append(1_000_000, [("a tag with äöü", double.Pi), (new string('x', 300), -0.0)]);
        }

        var events = EventReader.Read(File.ReadAllBytes(EventFile.In(_folder).ShouldHaveSingleItem()));

        events.Count.ShouldBe(4);
        events.ShouldAllBe(e => e.WallTime == 1_700_000_000.25);
        events[0].Version.ShouldBe("brain.Event:2");
        events[1].Scalars.ShouldBe([("loss/train", 5.5f)]);
        (events[2].StartsSession, events[2].Step).ShouldBe((true, 3));
        events[3].Step.ShouldBe(1_000_000);
        events[3].Scalars.ShouldBe([("a tag with äöü", (float)double.Pi), (new string('x', 300), -0f)]);
    }

    [Fact]
    public void A_second_file_of_the_same_second_has_a_name_of_its_own()
    {
        var clock = new FixedClock(DateTimeOffset.UnixEpoch);
        using var first = new EventFile(_folder, clock);
        using var second = new EventFile(_folder, clock);

        EventFile.In(_folder).Count.ShouldBe(2);
    }

    [Fact]
    public void Any_byte_that_was_changed_is_noticed_and_a_torn_end_too()
    {
        using (var file = new EventFile(_folder, new FixedClock(DateTimeOffset.UnixEpoch)))
            file.Append(7, [("loss/train", 1.25)]);
        byte[] whole = File.ReadAllBytes(EventFile.In(_folder)[0]);
        EventReader.Read(whole).Count.ShouldBe(2);

        for (int i = 0; i < whole.Length; i++)
        {
            byte[] changed = [.. whole];
            changed[i] ^= 0x10;
            Should.Throw<InvalidDataException>(() => EventReader.Read(changed), $"byte {i}");
        }
        Should.Throw<InvalidDataException>(() => EventReader.Read(whole[..^1]));
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
