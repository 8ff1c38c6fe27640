using System.Security.Cryptography;
using System.Text;

namespace Fairlead.Server.Security;

/// <summary>
/// Remembers which passwords were right and which were wrong, so that devices that come back cost no key derivation. The keys are
/// HMACs under a key of this process: neither the memory nor its timing gives away a password. Bounded: when a generation is full the
/// one before it is forgotten.
/// </summary>
internal sealed class VerifiedPasswords(int capacity)
{
    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);
    private readonly Lock _lock = new();

    // Wrong passwords have a table of their own: a guesser must not push out those who know theirs.
    private readonly Generations _right = new(capacity / 2);
    private readonly Generations _wrong = new(capacity / 2);

    /// <summary>Key of an attempt: user, the hash on file, and the password.</summary>
    public string KeyOf(string user, string hash, ReadOnlySpan<byte> password)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _secret);
        Append(hmac, Encoding.UTF8.GetBytes(user));
        Append(hmac, Encoding.UTF8.GetBytes(hash));
        Append(hmac, password);
        return Convert.ToBase64String(hmac.GetHashAndReset());
    }

    /// <summary>What is known about an attempt; null for nothing.</summary>
    public bool? Find(string key)
    {
        lock (_lock)
        {
            if (_right.Contains(key)) return true;
            return _wrong.Contains(key) ? false : null;
        }
    }

    /// <summary>Remembers an attempt.</summary>
    public void Add(string key, bool right)
    {
        lock (_lock) (right ? _right : _wrong).Add(key);
    }

    // The length first: "ab" + "c" must differ from "a" + "bc".
    private static void Append(IncrementalHash hmac, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[4];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
        hmac.AppendData(length);
        hmac.AppendData(part);
    }

    private sealed class Generations(int limit)
    {
        private HashSet<string> _young = new(StringComparer.Ordinal);
        private HashSet<string> _old = new(StringComparer.Ordinal);

        public bool Contains(string key)
        {
            if (_young.Contains(key)) return true;
            if (!_old.Contains(key)) return false;
            Add(key);
            return true;
        }

        public void Add(string key)
        {
            if (limit <= 0) return;
            if (_young.Count >= Math.Max(1, limit / 2))
            {
                _old = _young;
                _young = new HashSet<string>(StringComparer.Ordinal);
            }

            _young.Add(key);
        }
    }
}
