using System.Globalization;

namespace SpecGD.Records;

/// <summary>
/// The few Python literals that a .npy header is made of: a dictionary from strings to strings, True or False, and tuples of whole numbers. Nothing
/// is
/// evaluated.
/// </summary>
internal sealed class PythonLiteral(string text, string where)
{
    private int _at;

    /// <summary>The dictionary that the whole text is; a value is a string, a bool, or a long[].</summary>
    /// <exception cref="BadInputException">It is something else.</exception>
    public Dictionary<string, object> Dictionary()
    {
        var fields = new Dictionary<string, object>();
        Expect('{');
        while (!Accept('}'))
        {
            string key = Text();
            Expect(':');
            if (!fields.TryAdd(key, Value()))
                throw Wrong($"the field '{key}' is there twice");
            if (!Accept(','))
            {
                Expect('}');
                break;
            }
        }
        SkipBlanks();
        return _at == text.Length ? fields : throw Wrong("something follows the dictionary");
    }

    private object Value()
    {
        SkipBlanks();
        if (Word("True"))
            return true;
        if (Word("False"))
            return false;
        if (_at < text.Length && text[_at] == '(')
            return Tuple();
        if (_at < text.Length && text[_at] == '[')
            throw new BadInputException($"{where} holds structures of several fields; an array of numbers was expected.");
        return Text();
    }

    private long[] Tuple()
    {
        var sizes = new List<long>();
        Expect('(');
        while (!Accept(')'))
        {
            sizes.Add(Number());
            if (!Accept(','))
            {
                Expect(')');
                break;
            }
        }
        return [.. sizes];
    }

    private long Number()
    {
        SkipBlanks();
        int begin = _at;
        while (_at < text.Length && (char.IsAsciiDigit(text[_at]) || text[_at] == '-'))
            _at++;
        return long.TryParse(text.AsSpan(begin, _at - begin), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw Wrong("a size in its shape is no whole number below 2⁶³");
    }

    private string Text()
    {
        SkipBlanks();
        if (_at >= text.Length || text[_at] is not ('\'' or '"'))
            throw Wrong("a string was expected");
        int end = text.IndexOf(text[_at], _at + 1);
        if (end < 0)
            throw Wrong("a string does not end");
        string found = text[(_at + 1)..end];
        _at = end + 1;
        return found;
    }

    private bool Word(string word)
    {
        if (string.CompareOrdinal(text, _at, word, 0, word.Length) != 0)
            return false;
        _at += word.Length;
        return true;
    }

    private bool Accept(char expected)
    {
        SkipBlanks();
        if (_at >= text.Length || text[_at] != expected)
            return false;
        _at++;
        return true;
    }

    private void Expect(char expected)
    {
        if (!Accept(expected))
            throw Wrong($"'{expected}' was expected at place {_at}");
    }

    private void SkipBlanks()
    {
        while (_at < text.Length && text[_at] is ' ' or '\n' or '\t' or '\r')
            _at++;
    }

    private BadInputException Wrong(string why) => new($"{where} has a header that cannot be read: {why}.");
}
