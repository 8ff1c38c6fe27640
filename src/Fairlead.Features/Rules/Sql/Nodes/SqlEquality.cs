namespace Fairlead.Features.Rules.Sql.Nodes;

/// <summary>What <c>=</c> says about two values that are not Undefined (section 4).</summary>
internal static class SqlEquality
{
    /// <summary>Numbers by value, Strings ordinal, Arrays in order, Objects in any order; values of different types are not equal.</summary>
    public static bool AreEqual(SqlFrame frame, in SqlValue left, in SqlValue right)
    {
        if (left.IsNumber) return right.IsNumber && left.Number.Equals(right.Number);
        if (left.Kind != right.Kind) return false;
        return left.Kind switch
        {
            SqlKind.Boolean => left.IsTrue == right.IsTrue,
            SqlKind.String => AreTextsEqual(left, right),
            SqlKind.Array => frame.TrySpend((left.Weight + right.Weight) / 16) && AreArraysEqual(frame, left, right),
            SqlKind.Object => frame.TrySpend((left.Weight + right.Weight) / 16) && AreObjectsEqual(frame, left, right),
            _ => true,
        };
    }

    private static bool AreTextsEqual(in SqlValue left, in SqlValue right)
    {
        if (left.TryGetUtf8(out var a) && right.TryGetUtf8(out var b)) return a.SequenceEqual(b);
        return string.Equals(left.Text, right.Text, StringComparison.Ordinal);
    }

    private static bool AreArraysEqual(SqlFrame frame, in SqlValue left, in SqlValue right)
    {
        var a = Present(left.Elements());
        var b = Present(right.Elements());
        if (a.Length != b.Length) return false;
        for (int i = 0; i < a.Length; i++)
        {
            if (!frame.TrySpend(1) || !AreEqual(frame, a[i], b[i])) return false;
        }

        return true;
    }

    private static bool AreObjectsEqual(SqlFrame frame, in SqlValue left, in SqlValue right)
    {
        var a = left.Members();
        var b = right.Members();
        if (a.Count != b.Count) return false;
        for (int i = 0; i < a.Count; i++)
        {
            var other = b.Get(a[i].Key);
            if (other.IsUndefined || !frame.TrySpend(1) || !AreEqual(frame, a[i].Value, other)) return false;
        }

        return true;
    }

    private static SqlValue[] Present(SqlValue[] elements) =>
        Array.Exists(elements, static element => element.IsUndefined) ? Array.FindAll(elements, static element => !element.IsUndefined) : elements;
}
