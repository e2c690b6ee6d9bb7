namespace SpecGD.Data.Language.Text;

/// <summary>
/// Shell commands that a message tells. They work whatever a file is called: programs that unpack refuse endings that they do not know, unless they
/// write to standard output.
/// </summary>
internal static class UnpackCommand
{
    /// <summary>What stands for the file that a user chooses.</summary>
    private const string Chosen = "NAME";

    private const string Tar = "tar -xf", PdfToText = "pdftotext -";

    /// <summary>The command by which <paramref name="program"/> makes a file of what <paramref name="input"/> holds, once that is unpacked.</summary>
    /// <param name="program">The program with its options; it writes to standard output, tar alone to where it is called.</param>
    /// <param name="input">The file.</param>
    public static string Of(string program, TextInput input)
    {
        string file = Quoted(input.Path);
        string before = input.Packing == TextPacking.None ? "" : $"{ProgramFor(input.Packing)} {file} | ", named = before.Length == 0 ? file : "-";
        return program == Tar ? $"{before}{program} {named}"
            : program == PdfToText ? $"{before}pdftotext {named} - > {Chosen}"
            : before.Length == 0 ? $"{program} {file} > {Chosen}" : $"{before}{program} > {Chosen}";
    }

    /// <summary>
    /// The command that takes the outer packing of a file away. Where the program has done so itself before it looked, what is inside is left to it.
    /// </summary>
    public static string Outer(TextInput input) => $"{ProgramFor(input.Packing)} {Quoted(input.Path)} > {Chosen}";

    private static string ProgramFor(TextPacking packing) => packing == TextPacking.Zstandard ? "zstd -dc" : "gzip -dc";

    /// <summary>The name as a shell takes it; in double quotes where that does, since the command stands in single ones.</summary>
    private static string Quoted(string path)
    {
        string word = path.StartsWith('-') ? "./" + path : path; // else it would be taken for an option
        return word.All(c => char.IsLetterOrDigit(c) || "/._-=+:,".Contains(c, StringComparison.Ordinal)) ? word
            : !word.AsSpan().ContainsAny("\"$`\\!") ? $"\"{word}\""
            : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
    }
}
