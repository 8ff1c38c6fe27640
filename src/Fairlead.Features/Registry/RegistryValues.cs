using System.Buffers;
using Fairlead.Features.Api;

namespace Fairlead.Features.Registry;

/// <summary>Names and values that the registry takes (service model); what breaks a rule is refused with member, value and rule.</summary>
internal static class RegistryValues
{
    /// <summary>Longest name.</summary>
    public const int MostOfName = 128;

    private const int MostOfAttributeValue = 800;
    private const int MostOfDescription = 2028;
    private const int MostShown = 64;
    private const string NamePattern = "[a-zA-Z0-9:_-]+";
    private const string AttributeNamePattern = "[a-zA-Z0-9_.,@/:#-]+";
    private const string AttributeValuePattern = @"[a-zA-Z0-9_.,@/:#=\[\]-]*";

    private const string Alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create(Alphanumeric + ":_-");
    private static readonly SearchValues<char> AttributeNameCharacters = SearchValues.Create(Alphanumeric + "_.,@/:#-");
    private static readonly SearchValues<char> AttributeValueCharacters = SearchValues.Create(Alphanumeric + "_.,@/:#=[]-");
    private static readonly SearchValues<char> UserPropertyCharacters = SearchValues.Create(Alphanumeric + ":$.");
    private static readonly SearchValues<char> ConnectionAttributeCharacters = SearchValues.Create(Alphanumeric + ":.");

    /// <summary>A name of a thing, type or group that must be there.</summary>
    public static string Name(string? value, string member) =>
        Required(value, member, MostOfName, NameCharacters, NamePattern);

    /// <summary>A name that may be missing.</summary>
    public static string? OptionalName(string? value, string member) => value is null ? null : Name(value, member);

    /// <summary>Name of an attribute.</summary>
    public static string AttributeName(string? value, string member) =>
        Required(value, member, MostOfName, AttributeNameCharacters, AttributeNamePattern);

    /// <summary>Value of an attribute; may be empty.</summary>
    public static string AttributeValue(string? value, string member)
    {
        if (value is null) throw ApiException.InvalidRequest($"{member} must be a text");
        if (value.Length > MostOfAttributeValue) throw TooLong(value, member, MostOfAttributeValue);
        return value.AsSpan().ContainsAnyExcept(AttributeValueCharacters) ? throw Mismatch(value, member, AttributeValuePattern) : value;
    }

    /// <summary>Name of an MQTT user property that propagates an attribute.</summary>
    public static string UserPropertyName(string? value, string member) =>
        Required(value, member, MostOfName, UserPropertyCharacters, "[a-zA-Z0-9:$.]+");

    /// <summary>Name of an attribute of a connection.</summary>
    public static string ConnectionAttribute(string? value, string member) =>
        Required(value, member, MostOfName, ConnectionAttributeCharacters, "[a-zA-Z0-9:.]+");

    /// <summary>A description that may be missing: printable ASCII and spaces.</summary>
    public static string? Description(string? value, string member)
    {
        if (value is null) return null;
        if (value.Length > MostOfDescription) throw TooLong(value, member, MostOfDescription);
        return value.AsSpan().ContainsAnyExceptInRange(' ', '~') ? throw Mismatch(value, member, @"[\p{Graph}\x20]*") : value;
    }

    /// <summary>A value as it is told in a refusal: its beginning.</summary>
    public static string Show(string value) => value.Length <= MostShown ? $"'{value}'" : $"'{value[..MostShown]}...'";

    private static string Required(string? value, string member, int most, SearchValues<char> characters, string pattern)
    {
        if (string.IsNullOrEmpty(value)) throw ApiException.InvalidRequest($"{member} must have 1 to {most} characters, and is {(value is null ? "missing" : "empty")}");
        if (value.Length > most) throw TooLong(value, member, most);
        return value.AsSpan().ContainsAnyExcept(characters) ? throw Mismatch(value, member, pattern) : value;
    }

    private static ApiException TooLong(string value, string member, int most) =>
        ApiException.InvalidRequest($"{member} must have at most {most} characters; {Show(value)} has {value.Length}");

    private static ApiException Mismatch(string value, string member, string pattern) =>
        ApiException.InvalidRequest($"{member} must match {pattern}, which {Show(value)} does not");
}
