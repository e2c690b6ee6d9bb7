namespace SpecGD.Figures.Tests;

/// <summary>Holds a text to the stored one that was looked at and found right.</summary>
internal static class Approval
{
    /// <summary>Fails where <paramref name="actual"/> differs from Approved/<paramref name="name"/>, and says where the new text lies.</summary>
    public static void Verify(string actual, string name)
    {
        string approved = Path.Combine(AppContext.BaseDirectory, "Approved", name), received = approved + ".received";
        Directory.CreateDirectory(Path.GetDirectoryName(approved)!);
        File.Delete(received);
        if (File.Exists(approved) && File.ReadAllText(approved) == actual)
            return;
        File.WriteAllText(received, actual);
        string expected = File.Exists(approved) ? File.ReadAllText(approved) : "";
        actual.ShouldBe(expected, $"If the new text is right, copy {received} to tests/SpecGD.Figures.Tests/Approved/{name}.");
    }
}
