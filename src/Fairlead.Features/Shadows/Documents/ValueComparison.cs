using Fairlead.Features.Shadows.Json;

namespace Fairlead.Features.Shadows.Documents;

/// <summary>
/// Whether two stored values are the same (spec/aws-shadow, section 6): numbers by value, strings by their characters, arrays element by
/// element, objects in them member by member. Belongs to one thread.
/// </summary>
internal sealed class ValueComparison
{
    private readonly JsonTree _left = new();
    private readonly JsonTree _right = new();

    /// <summary>Compares scalars and arrays.</summary>
    public bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.SequenceEqual(right)) return true;
        if (left[0] == (byte)'[' && right[0] == (byte)'[') return _left.TryParse(left) && _right.TryParse(right) && AreEqual(0, 0);
        if (left[0] == (byte)'"' && right[0] == (byte)'"') return EscapedText.AreEqual(left[1..^1], right[1..^1]);
        return IsNumber(left) && IsNumber(right) && NumberText.AreEqual(left, right);
    }

    /// <summary>Lets go of what large values needed.</summary>
    public void Shrink()
    {
        _left.Shrink();
        _right.Shrink();
    }

    private static bool IsNumber(ReadOnlySpan<byte> text) => text[0] is (byte)'-' or (>= (byte)'0' and <= (byte)'9');

    private bool AreEqual(int left, int right)
    {
        var kind = _left[left].Kind;
        if (kind != _right[right].Kind) return false;
        return kind switch
        {
            JsonKind.Number => NumberText.AreEqual(_left.Text(left), _right.Text(right)),
            JsonKind.String => EscapedText.AreEqual(_left.Inner(left), _right.Inner(right)),
            JsonKind.Array => HaveEqualElements(left, right),
            JsonKind.Object => HaveEqualMembers(left, right),
            _ => true,
        };
    }

    private bool HaveEqualElements(int left, int right)
    {
        if (_left[left].Count != _right[right].Count) return false;
        int b = _right.First(right);
        for (int a = _left.First(left); a >= 0; a = _left.After(a))
        {
            if (!AreEqual(a, b)) return false;
            b = _right.After(b);
        }

        return true;
    }

    /// <summary>In any order. Stored text has no member twice.</summary>
    private bool HaveEqualMembers(int left, int right)
    {
        if (_left[left].Count != _right[right].Count) return false;
        for (int a = _left.First(left); a >= 0; a = _left.After(a))
        {
            int b = _right.Find(right, _left.Name(a));
            if (b < 0 || !AreEqual(a, b)) return false;
        }

        return true;
    }
}
