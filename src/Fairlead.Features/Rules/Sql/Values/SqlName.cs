using System.Text;

namespace Fairlead.Features.Rules.Sql.Values;

/// <summary>Name of a member, ready to be compared with the bytes of a payload.</summary>
internal sealed class SqlName(string text)
{
    /// <summary>The name.</summary>
    public string Text { get; } = text;

    /// <summary>The name in UTF-8.</summary>
    public byte[] Utf8 { get; } = Encoding.UTF8.GetBytes(text);

    /// <summary>Whether a name in JSON, without its quotes, is this one.</summary>
    /// <param name="inner">Its bytes.</param>
    /// <param name="isEscaped">Whether it contains a backslash.</param>
    public bool Equals(ReadOnlySpan<byte> inner, bool isEscaped) =>
        isEscaped ? string.Equals(JsonValues.Unescape(inner), Text, StringComparison.Ordinal) : inner.SequenceEqual(Utf8);
}
