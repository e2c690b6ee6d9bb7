using System.Diagnostics;
using SpecGD.Data.Language.Text;
using SpecGD.Data.Language.Tokenizers;
using SpecGD.Data.Language.Tokens;

namespace SpecGD.Tests.Data.Language;

/// <summary>The commands that messages tell do what they say, whatever a file is called.</summary>
public sealed class UnpackCommandTests : IDisposable
{
    private const string Text = "the same text again\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("specgd-unpack-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The program that must be there, how the file is made of text.txt, and where the told command leaves the text.</summary>
    [SkippableTheory]
    [InlineData("xz", "xz -c plain", "NAME")]
    [InlineData("bzip2", "bzip2 -c plain", "NAME")]
    [InlineData("lz4", "lz4 -c plain", "NAME")]
    [InlineData("tar", "tar -cf - --format=ustar plain", "plain")]
    [InlineData("iconv", "iconv -f UTF-8 -t UTF-16 plain", "NAME")]
    [InlineData("iconv", "iconv -f UTF-8 -t UTF-16LE plain", "NAME")]
    [InlineData("iconv", "iconv -f UTF-8 -t UTF-32 plain", "NAME")]
    [InlineData("xz", "xz -c plain | gzip -c", "NAME")]
    [InlineData("xz", "xz -c plain | zstd -c", "NAME")]
    [InlineData("tar", "tar -cf - --format=ustar plain | gzip -c", "plain")]
    [InlineData("gzip", "gzip -c plain | gzip -c", null)]
    [InlineData("zstd", "zstd -c plain | gzip -c", null)]
    public void The_command_that_is_told_makes_the_text(string program, string make, string? left)
    {
        Skip.IfNot(OperatingSystem.IsLinux() && Shell($"command -v {program} gzip zstd >/dev/null") == 0, $"{program} is not installed");
        foreach (string name in new[] { "x.txt", "it is 'mine'.txt" })
        {
            File.WriteAllText(Path.Combine(_folder, "plain"), Text);
            Shell($"{make} > '{name.Replace("'", "'\\''", StringComparison.Ordinal)}'").ShouldBe(0);
            File.Delete(Path.Combine(_folder, "plain"));
            File.Delete(Path.Combine(_folder, "NAME"));

            string command = Told(name);

            Shell(command).ShouldBe(0, command);
            if (left is null)
                Should.NotThrow(() => Read("NAME"), command); // packed once now, which is read
            else
                File.ReadAllText(Path.Combine(_folder, left)).TrimStart('\ufeff').ShouldBe(Text, command);
        }
    }

    /// <summary>The command between the quotes of the message, which names the file by its full path.</summary>
    private string Told(string name)
    {
        string message = Should.Throw<BadInputException>(() => Read(name)).Message;
        int begin = message.IndexOf(": ", StringComparison.Ordinal);
        begin = message.IndexOf('\'', message.IndexOf("first with '", begin, StringComparison.Ordinal) is >= 0 and var with ? with : begin) + 1;
        int end = Math.Max(message.LastIndexOf("' makes", StringComparison.Ordinal), message.LastIndexOf("'.", StringComparison.Ordinal));
        return message[begin..end];
    }

    private void Read(string name)
    {
        using var writer = new TokenFolderWriter(Path.Combine(_folder, "shards"), "s", ByteTokenizer.Instance, overwrite: true);
        new TextTokenization(ByteTokenizer.Instance).Run(TextInput.Find([Path.Combine(_folder, name)]), writer);
    }

    private int Shell(string command)
    {
        using var process = Process.Start(new ProcessStartInfo("sh", ["-c", command]) { WorkingDirectory = _folder, RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}
