using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Fairlead.Protocols.Amqp;

/// <summary>
/// Encodes values into a buffer of its own that grows, each in its smallest form (spec 7.2). Compound values are begun, filled and ended;
/// their size is put in afterwards, so nothing is counted beforehand. Not for several threads at a time.
/// </summary>
public sealed partial class AmqpWriter : IBufferWriter<byte>, IDisposable
{
    private const int FirstSize = 512;
    private const int CompoundHead = 3; // code, size, count in their short form
    private byte[] _buffer = [];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written; valid until the next change.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>What was written; valid until the next change.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, Length);

    /// <summary>Gives the buffer back.</summary>
    public void Dispose()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        Length = 0;
    }

    /// <summary>Forgets what was written from a place on.</summary>
    /// <param name="length">Bytes to keep; 0 forgets all.</param>
    public void Truncate(int length = 0)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, Length);
        Length = length;
    }

    /// <summary>Hands over the buffer with what was written and starts with none; the taker returns it to the shared pool.</summary>
    /// <param name="length">Bytes written.</param>
    public byte[] Take(out int length)
    {
        length = Length;
        var buffer = _buffer;
        _buffer = [];
        Length = 0;
        return buffer;
    }

    /// <inheritdoc/>
    public void Advance(int count) => Length += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureRoom(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(Length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        EnsureRoom(Math.Max(sizeHint, 1));
        return _buffer.AsSpan(Length);
    }

    /// <summary>Appends bytes as they are: encoded values.</summary>
    /// <param name="bytes">The bytes.</param>
    public void WriteRaw(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    /// <summary>Writes null.</summary>
    public void WriteNull() => Code(FormatCode.Null);

    /// <summary>Writes a boolean.</summary>
    /// <param name="value">The value.</param>
    public void WriteBoolean(bool value) => Code(value ? FormatCode.True : FormatCode.False);

    /// <summary>Writes a ubyte.</summary>
    /// <param name="value">The value.</param>
    public void WriteUByte(byte value) => CodeAndByte(FormatCode.UByte, value);

    /// <summary>Writes a ushort.</summary>
    /// <param name="value">The value.</param>
    public void WriteUShort(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(CodeAnd(FormatCode.UShort, 2), value);

    /// <summary>Writes a uint.</summary>
    /// <param name="value">The value.</param>
    public void WriteUInt(uint value)
    {
        if (value == 0) Code(FormatCode.UInt0);
        else if (value <= byte.MaxValue) CodeAndByte(FormatCode.SmallUInt, (byte)value);
        else BinaryPrimitives.WriteUInt32BigEndian(CodeAnd(FormatCode.UInt, 4), value);
    }

    /// <summary>Writes a ulong.</summary>
    /// <param name="value">The value.</param>
    public void WriteULong(ulong value)
    {
        if (value == 0) Code(FormatCode.ULong0);
        else if (value <= byte.MaxValue) CodeAndByte(FormatCode.SmallULong, (byte)value);
        else BinaryPrimitives.WriteUInt64BigEndian(CodeAnd(FormatCode.ULong, 8), value);
    }

    /// <summary>Writes an int.</summary>
    /// <param name="value">The value.</param>
    public void WriteInt(int value)
    {
        if (value is >= sbyte.MinValue and <= sbyte.MaxValue) CodeAndByte(FormatCode.SmallInt, (byte)value);
        else BinaryPrimitives.WriteInt32BigEndian(CodeAnd(FormatCode.Int, 4), value);
    }

    /// <summary>Writes a long.</summary>
    /// <param name="value">The value.</param>
    public void WriteLong(long value)
    {
        if (value is >= sbyte.MinValue and <= sbyte.MaxValue) CodeAndByte(FormatCode.SmallLong, (byte)value);
        else BinaryPrimitives.WriteInt64BigEndian(CodeAnd(FormatCode.Long, 8), value);
    }

    /// <summary>Writes a timestamp.</summary>
    /// <param name="milliseconds">Milliseconds since 1970-01-01 UTC.</param>
    public void WriteTimestamp(long milliseconds) => BinaryPrimitives.WriteInt64BigEndian(CodeAnd(FormatCode.Timestamp, 8), milliseconds);

    /// <summary>Writes a UUID in network order (checklist 18).</summary>
    /// <param name="value">The value.</param>
    public void WriteUuid(Guid value) => value.TryWriteBytes(CodeAnd(FormatCode.Uuid, 16), bigEndian: true, out _);

    /// <summary>Writes a binary.</summary>
    /// <param name="value">The bytes.</param>
    public void WriteBinary(ReadOnlySpan<byte> value)
    {
        Variable(FormatCode.Binary8, value.Length);
        WriteRaw(value);
    }

    /// <summary>Writes the head of a binary whose bytes follow by <see cref="WriteRaw"/>.</summary>
    /// <param name="length">How many.</param>
    public void WriteBinaryHead(int length) => Variable(FormatCode.Binary8, length);

    /// <summary>Writes a string.</summary>
    /// <param name="value">The text.</param>
    public void WriteString(string value)
    {
        int length = Encoding.UTF8.GetByteCount(value);
        Variable(FormatCode.String8, length);
        Encoding.UTF8.GetBytes(value, Reserve(length));
    }

    /// <summary>Writes a string.</summary>
    /// <param name="utf8">The text, well-formed UTF-8.</param>
    public void WriteUtf8(ReadOnlySpan<byte> utf8)
    {
        Variable(FormatCode.String8, utf8.Length);
        WriteRaw(utf8);
    }

    /// <summary>Writes a symbol.</summary>
    /// <param name="value">ASCII text; other characters become question marks.</param>
    public void WriteSymbol(string value)
    {
        Variable(FormatCode.Symbol8, value.Length);
        Encoding.ASCII.GetBytes(value, Reserve(value.Length));
    }

    /// <summary>Writes the descriptor of a described value, which is to follow.</summary>
    /// <param name="descriptor">Its number.</param>
    public void WriteDescriptor(ulong descriptor)
    {
        Code(FormatCode.Described);
        WriteULong(descriptor);
    }

    /// <summary>Begins a list or a map: its elements follow.</summary>
    /// <returns>To be given to <see cref="EndList"/> or <see cref="EndMap"/>.</returns>
    public int BeginCompound()
    {
        int mark = Length;
        Reserve(CompoundHead);
        return mark;
    }

    /// <summary>Ends a list.</summary>
    /// <param name="mark">From <see cref="BeginCompound"/>.</param>
    /// <param name="count">Elements written.</param>
    public void EndList(int mark, int count)
    {
        if (count == 0)
        {
            Length = mark;
            Code(FormatCode.List0);
            return;
        }

        EndCompound(mark, count, FormatCode.List8, FormatCode.List32);
    }

    /// <summary>Ends a map.</summary>
    /// <param name="mark">From <see cref="BeginCompound"/>.</param>
    /// <param name="pairs">Pairs written.</param>
    public void EndMap(int mark, int pairs) => EndCompound(mark, pairs * 2, FormatCode.Map8, FormatCode.Map32);

    private void EndCompound(int mark, int count, byte shortCode, byte longCode)
    {
        int size = Length - mark - CompoundHead;
        if (size + 1 <= byte.MaxValue && count <= byte.MaxValue)
        {
            _buffer[mark] = shortCode;
            _buffer[mark + 1] = (byte)(size + 1);
            _buffer[mark + 2] = (byte)count;
            return;
        }

        Reserve(6);
        _buffer.AsSpan(mark + CompoundHead, size).CopyTo(_buffer.AsSpan(mark + CompoundHead + 6));
        _buffer[mark] = longCode;
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(mark + 1), size + 4);
        BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(mark + 5), count);
    }

    internal void Patch(int position, int value) => BinaryPrimitives.WriteInt32BigEndian(_buffer.AsSpan(position), value);

    internal void Code(byte code) => Reserve(1)[0] = code;

    internal Span<byte> Reserve(int length)
    {
        EnsureRoom(length);
        var span = _buffer.AsSpan(Length, length);
        Length += length;
        return span;
    }

    private void CodeAndByte(byte code, byte data)
    {
        var span = Reserve(2);
        span[0] = code;
        span[1] = data;
    }

    private Span<byte> CodeAnd(byte code, int width)
    {
        var span = Reserve(1 + width);
        span[0] = code;
        return span[1..];
    }

    // The long form of each code of variable width is 0x10 above the short one.
    private void Variable(byte shortCode, int length)
    {
        if (length <= byte.MaxValue) CodeAndByte(shortCode, (byte)length);
        else BinaryPrimitives.WriteInt32BigEndian(CodeAnd((byte)(shortCode + 0x10), 4), length);
    }

    private void EnsureRoom(int length)
    {
        int needed = checked(Length + length);
        if (needed <= _buffer.Length) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstSize, Math.Max(needed, _buffer.Length * 2)));
        Written.CopyTo(larger);
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }
}
