namespace SpecGD.Data.Language.Text;

/// <summary>How documents stand in a file.</summary>
public enum TextLayout
{
    /// <summary>The whole file is one document.</summary>
    Plain,

    /// <summary>Each line is a JSON object with a document.</summary>
    JsonLines,

    /// <summary>Each row of a Parquet file has a document in one of its columns.</summary>
    Parquet,
}

/// <summary>What a file is compressed with, as a whole. (The pages within a Parquet file are compressed each by itself.)</summary>
public enum TextPacking
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>gzip.</summary>
    Gzip,

    /// <summary>Zstandard.</summary>
    Zstandard,
}
