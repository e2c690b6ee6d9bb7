using SpecGD.Numerics.LinearAlgebra;

namespace SpecGD.Numerics.Tests.LinearAlgebra;

public class BackendTests
{
    [Fact]
    public void A_backend_is_in_force_until_its_use_ends()
    {
        var before = Backend.Current;
        using (Backend.Use(Backend.Managed))
        {
            Backend.Current.ShouldBeSameAs(Backend.Managed);
            using (Backend.Use(before))
                Backend.Current.ShouldBeSameAs(before);
            Backend.Current.ShouldBeSameAs(Backend.Managed);
        }
        Backend.Current.ShouldBeSameAs(before);
    }

    [Fact]
    public async Task A_use_follows_its_own_flow_of_control_and_no_other()
    {
        var before = Backend.Current;
        var begun = new TaskCompletionSource();
        var seen = new TaskCompletionSource();
        var inside = Task.Run(async () =>
        {
            using (Backend.Use(Backend.Managed))
            {
                begun.SetResult();
                await seen.Task;
                return await Task.Run(() => Backend.Current);
            }
        });
        await begun.Task;
        Backend.Current.ShouldBeSameAs(before);
        seen.SetResult();
        (await inside).ShouldBeSameAs(Backend.Managed);
    }

    [SkippableFact]
    public void The_default_is_OpenBLAS_where_there_is_one_and_a_sentence_says_so_where_there_is_none()
    {
        Skip.IfNot(string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Backend.ChoiceVariable)), $"{Backend.ChoiceVariable} is set.");
        Backend.Current.ShouldBeSameAs(Backend.OpenBlas ?? Backend.Managed);
        (Backend.Notice is null).ShouldBe(Backend.OpenBlas is not null);
        (Backend.OpenBlas is not null).ShouldBe(Backend.Library.IsLoaded);
    }

    [Fact]
    public void Names_tell_the_backends_apart()
    {
        Backend.Managed.Name.ShouldContain("MathNet");
        Backend.OpenBlas?.Name.ShouldStartWith("OpenBLAS");
    }

    [Fact]
    public void An_element_type_without_linear_algebra_is_refused_by_its_name() =>
        Assert.Throws<NotSupportedException>(() => Backend.Managed.For<Half>()).Message.ShouldContain("Half");

    [Fact]
    public void No_backend_cannot_be_used() => Assert.Throws<ArgumentNullException>(() => Backend.Use(null!));
}
