using Parquet;
using Parquet.Data;
using Parquet.Meta;
using Parquet.Schema;

namespace SpecGD.Data.Language.Text;

/// <summary>The texts in one column of a Parquet file, a row group at a time.</summary>
internal sealed class ParquetText : IDisposable
{
    /// <summary>
    /// A claim of more rows in a row group than these and <see cref="RowsPerByte"/> for each byte of the file is damage: it would be memory asked for
    /// in vain. Writers make a million rows at most.
    /// </summary>
    private const long MostRows = 1 << 20;

    /// <summary>Rows that a byte may stand for: of repeated and missing texts there is little in a file.</summary>
    private const long RowsPerByte = 64;

    private const string OtherNumber = "it has another number of values than of rows";

    private readonly TextInput _input;
    private readonly FileStream _file;
    private readonly ParquetReader _reader;
    private readonly DataField _column;

    /// <summary>Opens the file and finds the column; a column within others is named with points, <c>meta.text</c>.</summary>
    /// <exception cref="BadInputException">It is no whole Parquet file, or has no such column of text; the sentence lists those it has.</exception>
    public ParquetText(TextInput input, string column)
    {
        _input = input;
        _file = TextFile.Open(input.Path);
        try
        {
            _reader = Reading(() =>
            {
                ParquetCheck.RequireFooter(_file);
                return Wait(ParquetReader.CreateAsync(_file));
            });
            _column = Reading(() => ParquetColumn.Find(input, TextAsBytes(_reader), column));
            Rows = Reading(() => Enumerable.Range(0, Groups).Sum(RowsOf));
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Rows of all row groups.</summary>
    public long Rows { get; }

    /// <summary>How many row groups there are.</summary>
    public int Groups => _reader.RowGroupCount;

    /// <summary>The texts of one row group, in order: null rows are none, empty ones are. They hold until the result is disposed.</summary>
    /// <exception cref="BadInputException">The group is damaged, or a text is no UTF-8.</exception>
    public ParquetTexts Read(int group, long rowsBefore) => Reading(() =>
    {
        using var reader = _reader.OpenRowGroupReader(group);
        var column = reader.GetMetadata(_column)?.MetaData ?? throw new InvalidDataException("a row group lacks the column");
        if (column.NumValues != RowsOf(group))
            throw new InvalidDataException(OtherNumber);
        ParquetCheck.RequirePages(_file, column);
        var data = Wait(reader.ReadRawColumnDataBaseAsync(_column).AsTask());
        try
        {
            var texts = Present((RawColumnData<ReadOnlyMemory<byte>>)data, checked((int)RowsOf(group)), rowsBefore);
            return new ParquetTexts(texts, data);
        }
        catch
        {
            data.Dispose();
            throw;
        }
    });

    public void Dispose()
    {
        _reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _file.Dispose();
    }

    /// <summary>
    /// The schema in which columns of text count as bytes, so that they need no way through UTF-16 and what is no UTF-8 can be told.
    /// </summary>
    private static ParquetSchema TextAsBytes(ParquetReader reader)
    {
        foreach (var element in reader.Metadata!.Schema)
        {
            bool isText = element.LogicalType is { STRING: not null } or { ENUM: not null } or { JSON: not null }
                || element.ConvertedType is ConvertedType.UTF8 or ConvertedType.ENUM or ConvertedType.JSON;
            if (isText && element.Type == Parquet.Meta.Type.BYTE_ARRAY)
                (element.LogicalType, element.ConvertedType) = (null, null);
        }
        return reader.Schema; // made of the elements at the first look
    }

    /// <summary>Rows of one row group.</summary>
    public long RowsOf(int group) => _reader.Metadata!.RowGroups[group].NumRows is >= 0 and var rows && rows <= MostRows + (RowsPerByte * _input.Length)
        ? rows
        : throw new InvalidDataException("it claims an impossible number of rows");

    /// <summary>Values stand one behind the other; the definition level says of each row whether it has one.</summary>
    private ReadOnlyMemory<byte>[] Present(RawColumnData<ReadOnlyMemory<byte>> data, int rows, long rowsBefore)
    {
        var values = data.Values;
        var levels = _column.MaxDefinitionLevel > 0 ? data.DefinitionLevels : default;
        if (_column.MaxDefinitionLevel > 0 && levels.Length != rows)
            throw new InvalidDataException(OtherNumber);
        var texts = new List<ReadOnlyMemory<byte>>(rows);
        for (int row = 0; row < rows; row++)
        {
            if (!levels.IsEmpty && levels[row] < _column.MaxDefinitionLevel)
                continue;
            var text = values[texts.Count];
            TextCheck.RequireRow(_input, text.Span, rowsBefore + row + 1);
            texts.Add(text);
        }
        return [.. texts];
    }

    /// <summary>Does something with the library, which tells damage by exceptions of many kinds.</summary>
    private T Reading<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not BadInputException)
        {
            throw new BadInputException($"{_input.Path} is no whole Parquet file, or of a kind that is not read: it is damaged or was cut short "
                + $"({e.Message.Split('\n')[0].Trim().TrimEnd('.')}). Fetch it again.", e);
        }
    }

    private static T Wait<T>(Task<T> task) => task.GetAwaiter().GetResult();
}

/// <summary>Texts, and the memory that they lie in.</summary>
/// <param name="Texts">The texts.</param>
/// <param name="Memory">Given back when this is disposed.</param>
internal sealed record ParquetTexts(IReadOnlyList<ReadOnlyMemory<byte>> Texts, IDisposable Memory) : IDisposable
{
    public void Dispose() => Memory.Dispose();
}
