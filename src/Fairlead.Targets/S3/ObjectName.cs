using System.Text;

namespace Fairlead.Targets.S3;

/// <summary>Which buckets and keys are safe to write: what templates resolve to comes from devices.</summary>
internal static class ObjectName
{
    private const int LongestKey = 1024;
    private const int LongestSegment = 255;

    /// <summary>What is wrong with a bucket; null when it can be used.</summary>
    public static string? BucketProblem(string bucket)
    {
        if (bucket.Length is < 3 or > 63) return "a bucket has a name of 3 to 63 characters";
        if (!char.IsAsciiLetterOrDigit(bucket[0]) || !char.IsAsciiLetterOrDigit(bucket[^1]) || bucket.Contains("..", StringComparison.Ordinal) ||
            !bucket.All(static unit => char.IsAsciiLetterOrDigit(unit) || unit is '-' or '.' or '_'))
        {
            return "a bucket has a name of letters, digits, dots, hyphens and underscores";
        }

        return null;
    }

    /// <summary>What is wrong with a key; null when it can be used. Anything that could leave the bucket is refused.</summary>
    public static string? KeyProblem(string key)
    {
        if (key.Length == 0) return "the key is empty";
        if (Encoding.UTF8.GetByteCount(key) > LongestKey) return $"the key has more than {LongestKey} bytes";
        if (key[0] == '/') return "the key starts with a slash";
        foreach (var unit in key)
        {
            if (char.IsControl(unit) || unit == '\\') return "the key contains a control character or a backslash";
        }

        foreach (var segment in key.Split('/'))
        {
            if (segment is "" or "." or "..") return "the key has an empty segment, or one that is . or ..";
            if (Encoding.UTF8.GetByteCount(segment) > LongestSegment) return $"the key has a segment of more than {LongestSegment} bytes";
        }

        return null;
    }
}
