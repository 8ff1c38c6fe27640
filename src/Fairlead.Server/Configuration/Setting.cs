namespace Fairlead.Server.Configuration;

/// <summary>One configurable value: its key, how text becomes the value, and what documentation says about it.</summary>
/// <param name="key">Key, sections separated by colons.</param>
/// <param name="description">One sentence for people.</param>
public abstract class Setting(string key, string description)
{
    /// <summary>Key, sections separated by colons, such as <c>Tls:KeyFile</c>.</summary>
    public string Key { get; } = key;

    /// <summary>One sentence for people.</summary>
    public string Description { get; } = description;

    /// <summary>What a value may be, as a phrase that follows "must be".</summary>
    public abstract string Allowed { get; }

    /// <summary>Whether the value must not be shown, and may come from a file named by the key with <c>_FILE</c> behind it.</summary>
    public bool IsSecret { get; init; }

    /// <summary>Whether the value is a list of texts.</summary>
    public virtual bool IsList => false;

    /// <summary>Whether JSON writes the value without quotation marks.</summary>
    public virtual bool IsLiteral => false;

    /// <summary>What the documentation says instead of a default that depends on the machine; null otherwise.</summary>
    public string? DefaultText { get; init; }

    /// <summary>The values in force, as the text that would set them; one element unless <see cref="IsList"/>.</summary>
    public abstract IReadOnlyList<string> Read(HubOptions options);

    /// <summary>Sets the value.</summary>
    /// <param name="options">Where to.</param>
    /// <param name="values">The texts; one element unless <see cref="IsList"/>.</param>
    /// <returns>What is wrong, as a phrase that follows the value; null when it was set.</returns>
    public abstract string? Apply(HubOptions options, IReadOnlyList<string> values);
}
