using System.Text;
using System.Text.RegularExpressions;
using SpecGD.Data.Language.Tokenizers;

namespace SpecGD.Tests.Data.Language;

public partial class PieceScannerTests
{
    private const int Texts = 3000;

    [Fact]
    public void Pieces_are_those_of_the_pattern()
    {
        var random = new RandomText(1); // .NET's pattern sees halves of characters beyond the Basic Plane; those are checked against other tokenizers
        for (int i = 0; i < Texts; i++)
        {
            string text = random.Next(random.Below(60), beyond: false);
            Pieces(Encoding.UTF8.GetBytes(text)).Select(Encoding.UTF8.GetString).SequenceEqual(Pattern().Matches(text).Select(m => m.Value)).ShouldBeTrue(text);
        }
    }

    [Fact]
    public void Pieces_of_any_bytes_are_all_of_them()
    {
        var random = new RandomText(2);
        for (int i = 0; i < Texts; i++)
        {
            byte[] text = random.NextBytes(random.Below(40));
            Pieces(text).SelectMany(p => p).SequenceEqual(text).ShouldBeTrue(Convert.ToHexString(text));
        }
    }

    [Fact]
    public void Text_may_be_cut_where_the_scanner_says_whatever_follows()
    {
        var random = new RandomText(3);
        int cuts = 0;
        for (int i = 0; i < Texts; i++)
        {
            byte[] text = random.NextBytes(20 + random.Below(40));
            int known = random.Below(text.Length + 1), cut = PieceScanner.LastCut(text.AsSpan(0, known));
            if (cut == 0)
                continue;
            cuts++;
            Pieces(text[..cut]).Concat(Pieces(text[cut..])).Select(p => p.Length).SequenceEqual(Pieces(text).Select(p => p.Length)).ShouldBeTrue(Convert.ToHexString(text));
        }
        cuts.ShouldBeGreaterThan(Texts / 2);
    }

    [Fact]
    public void A_cut_anywhere_else_can_change_pieces()
    {
        byte[] text = "it's  two"u8.ToArray();

        // Within the contraction, behind the apostrophe, between the spaces, and behind them: each changes what the pieces are.
        foreach (int cut in new[] { 3, 6 })
            Pieces(text[..cut]).Concat(Pieces(text[cut..])).Select(Encoding.UTF8.GetString).ShouldNotBe(Pieces(text).Select(Encoding.UTF8.GetString));
        PieceScanner.LastCut("don'  tttt"u8).ShouldBe(3, "behind n, which is no apostrophe");
        PieceScanner.LastCut("aaaaaaaaaa"u8).ShouldBe(0);
        PieceScanner.LastCut("今天今天"u8).ShouldBe(0);
        PieceScanner.LastCut("今天。今天"u8).ShouldBe(9);
        PieceScanner.LastCut(""u8).ShouldBe(0);
    }

    private static List<byte[]> Pieces(byte[] text)
    {
        var pieces = new List<byte[]>();
        for (int at = 0; at < text.Length; at += pieces[^1].Length)
            pieces.Add(text[at..(at + PieceScanner.FirstLength(text.AsSpan(at)))]);
        return pieces;
    }

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    private static partial Regex Pattern();
}
