namespace Fairlead.Protocols.Mqtt;

/// <summary>A User Property: a name and a value, both UTF-8; names may repeat and order is kept (MQTT 5, section 3.3.2.3.7).</summary>
/// <param name="Name">The name; may be empty.</param>
/// <param name="Value">The value; may be empty.</param>
public readonly record struct UserProperty(string Name, string Value);
