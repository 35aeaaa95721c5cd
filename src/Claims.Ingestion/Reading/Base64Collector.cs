using System.Buffers;

namespace Claims.Ingestion.Reading;

/// <summary>Decodes base64 that arrives in pieces, up to a limit.</summary>
internal sealed class Base64Collector : IDisposable
{
    private static readonly SearchValues<char> WhiteSpace = SearchValues.Create(" \t\r\n");

    private const int QuadChars = 4096;

    private char[] _quads = [];
    private int _pending;
    private byte[] _bytes = [];
    private int _length;
    private int _max;
    private bool _padded;

    public enum Result
    {
        Good,
        Malformed,
        TooLarge,
    }

    public Result State { get; private set; }

    /// <summary>The most characters that an allowed attachment or text may take, with some white space.</summary>
    public static int MaxChars(ReadingOptions options) =>
        Math.Max(options.MaxTextLength, options.MaxAttachmentBytes / 3 * 5) + 4096;

    public void Begin(int maxBytes)
    {
        _max = maxBytes;
        _pending = _length = 0;
        _padded = false;
        State = Result.Good;
    }

    public void Add(ReadOnlySpan<char> text)
    {
        if (_quads.Length == 0)
            _quads = new char[QuadChars];

        while (!text.IsEmpty && State == Result.Good)
        {
            var run = text.IndexOfAny(WhiteSpace);
            if (run < 0)
                run = text.Length;

            if (run == 0)
            {
                text = text[1..];
                continue;
            }

            run = Math.Min(run, _quads.Length - _pending);
            text[..run].CopyTo(_quads.AsSpan(_pending));
            _pending += run;
            text = text[run..];
            if (_pending == _quads.Length)
                Decode();
        }
    }

    /// <summary>Ends the decoding.</summary>
    /// <returns>The bytes, or <see langword="null"/> when there are none or <see cref="State"/> is not good.</returns>
    public byte[]? End()
    {
        Decode();
        return State == Result.Good && _length > 0 ? _bytes.AsSpan(0, _length).ToArray() : null;
    }

    public void Dispose() => Release();

    /// <summary>Gives back what a large attachment took.</summary>
    public void Release()
    {
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes, clearArray: true);

        _bytes = [];
        _length = 0;
    }

    private void Decode()
    {
        if (_pending == 0 || State != Result.Good)
            return;

        // Nothing may follow the padding.
        var room = _length + (_pending / 4 * 3);
        if (_padded || _pending % 4 != 0)
        {
            State = Result.Malformed;
            return;
        }

        Reserve(room);
        if (!Convert.TryFromBase64Chars(_quads.AsSpan(0, _pending), _bytes.AsSpan(_length), out var written))
        {
            State = Result.Malformed;
            return;
        }

        _padded = _quads[_pending - 1] == '=';
        _length += written;
        _pending = 0;
        if (_length > _max)
            State = Result.TooLarge;
    }

    private void Reserve(int room)
    {
        if (room <= _bytes.Length)
            return;

        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(room, _bytes.Length * 2));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        var length = _length;
        Release();
        _bytes = larger;
        _length = length;
    }
}
