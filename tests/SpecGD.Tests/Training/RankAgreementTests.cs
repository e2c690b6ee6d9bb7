using SpecGD.Tests.Communication;
using SpecGD.Training;

namespace SpecGD.Tests.Training;

public class RankAgreementTests
{
    [Theory]
    [InlineData(0, "The file is empty.")]
    [InlineData(1, "Rank 1: The file is empty.")]
    public void Input_that_one_rank_cannot_use_is_an_error_of_all(int failing, string sentence)
    {
        string[] said = ThreadTeam.Run(3, collective =>
        {
            var e = Should.Throw<BadInputException>(() => collective.Agree(() => collective.Rank == failing ? throw new BadInputException("The file is empty.") : 1));
            e.InnerException.ShouldBeOfType<AgreedByAllRanksException>();
            return e.Message;
        });

        said.ShouldBe([sentence, sentence, sentence]);
    }

    [Fact]
    public void What_one_says_or_has_all_know()
    {
        ThreadTeam.Run(3, collective => collective.TextFrom(() => collective.Rank == 2 ? "žluťoučký" : throw new InvalidOperationException(), 2))
            .ShouldBe(["žluťoučký", "žluťoučký", "žluťoučký"]);
        ThreadTeam.Run(3, collective => collective.Any(collective.Rank == 1)).ShouldBe([true, true, true]);
        ThreadTeam.Run(3, collective => collective.Any(false)).ShouldBe([false, false, false]);
        ThreadTeam.Run(2, collective => collective.Agree(() => collective.Rank)).ShouldBe([0, 1]);
        ThreadTeam.Run(3, collective => string.Join(' ', collective.All(collective.Rank * 1.5))).Distinct().Single().ShouldBe("0 1.5 3");
    }

    [Theory]
    [InlineData(8, "0,1 2,3,4 5,6,7")]
    [InlineData(2, " 0 1")]
    [InlineData(0, "  ")]
    public void A_list_is_shared_in_order(int count, string shares) =>
        string.Join(' ', ThreadTeam.Run(3, collective => string.Join(',', collective.ShareOf([.. Enumerable.Range(0, count)])))).ShouldBe(shares);
}
