using System.Buffers.Binary;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using SkiaSharp;

namespace SpecGD.Figures.Fonts;

/// <summary>
/// The font that comes along: Inter, as the package Avalonia.Fonts.Inter holds it. That is an assembly with font files in its one resource; the
/// assembly is kept as a resource of this one and read, never loaded.
/// </summary>
internal static class PackageFont
{
    /// <summary>Its family.</summary>
    public const string Family = "Inter";

    private const string Holder = "SpecGD.Figures.Fonts.Inter", Bundle = "!AvaloniaResources", Entry = "/Assets/Inter-Regular.ttf";

    private static readonly Lazy<SKTypeface> Upright = new(Read);

    /// <summary>The upright face. There is no italic one.</summary>
    public static SKTypeface Face => Upright.Value;

    private static SKTypeface Read()
    {
        using var holder = typeof(PackageFont).Assembly.GetManifestResourceStream(Holder)
            ?? throw new InvalidOperationException($"The resource {Holder} is missing from this build.");
        using var data = SKData.CreateCopy(FileIn(BundleIn(holder)));
        return SKTypeface.FromData(data) ?? throw new InvalidOperationException($"{Entry} of the package of {Family} is no font that Skia reads.");
    }

    /// <summary>The bytes of the bundle of files: a resource begins with its length.</summary>
    private static byte[] BundleIn(Stream assembly)
    {
        using var image = new PEReader(assembly);
        var metadata = image.GetMetadataReader();
        var resource = metadata.ManifestResources.Select(metadata.GetManifestResource).Single(one => metadata.GetString(one.Name) == Bundle);
        var resources = image.GetSectionData(image.PEHeaders.CorHeader!.ResourcesDirectory.RelativeVirtualAddress);
        var reader = resources.GetReader((int)resource.Offset, resources.Length - (int)resource.Offset);
        return reader.ReadBytes(reader.ReadInt32());
    }

    /// <summary>One file of the bundle: the length of its index, the index (version, number of files; of each path, offset and size), then the files.</summary>
    private static byte[] FileIn(byte[] bundle)
    {
        int files = sizeof(int) + BinaryPrimitives.ReadInt32LittleEndian(bundle);
        using var index = new BinaryReader(new MemoryStream(bundle, sizeof(int), files - sizeof(int)));
        _ = index.ReadInt32();
        for (int left = index.ReadInt32(); left > 0; left--)
        {
            string path = index.ReadString();
            int offset = index.ReadInt32(), size = index.ReadInt32();
            if (path == Entry)
                return bundle[(files + offset)..(files + offset + size)];
        }
        throw new InvalidOperationException($"The package of {Family} holds no {Entry}.");
    }
}
