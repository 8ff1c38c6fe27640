using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Fairlead.Sqlite;

/// <summary>
/// Binds to the libsqlite3 of the operating system: its security fixes then arrive with the system's updates, and we ship no native code.
/// </summary>
internal static class SqliteLibrary
{
    private const string ImportName = "e_sqlite3";

    private static readonly Lock Gate = new();
    private static bool _bound;

    /// <summary>Binds once in the process.</summary>
    /// <exception cref="DllNotFoundException">There is no libsqlite3.</exception>
    public static void Bind()
    {
        lock (Gate)
        {
            if (_bound) return;
            if (!TryLoad(out _)) throw new DllNotFoundException(MissingMessage);
            NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
            raw.SetProvider(new SQLite3Provider_e_sqlite3());
            _bound = true;
        }
    }

    internal const string MissingMessage =
        "libsqlite3 is missing: install it (Debian and Ubuntu: apt install libsqlite3-0; Fedora: dnf install sqlite-libs; Alpine: apk add sqlite-libs)";

    internal static string[] Candidates =>
        OperatingSystem.IsWindows() ? ["winsqlite3.dll", "sqlite3.dll"]
        : OperatingSystem.IsMacOS() ? ["/usr/lib/libsqlite3.dylib", "libsqlite3.dylib"]
        : ["libsqlite3.so.0", "libsqlite3.so"];

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) =>
        string.Equals(name, ImportName, StringComparison.Ordinal) && TryLoad(out var handle) ? handle : 0;

    private static bool TryLoad(out nint handle)
    {
        foreach (var candidate in Candidates)
        {
            if (NativeLibrary.TryLoad(candidate, out handle)) return true;
        }

        handle = 0;
        return false;
    }
}
