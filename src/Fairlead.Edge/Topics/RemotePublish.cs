namespace Fairlead.Edge.Topics;

/// <summary>Where a message goes at the remote endpoint.</summary>
/// <param name="Topic">Topic Name.</param>
/// <param name="ContentType">MQTT 5 Content Type; null for none.</param>
internal readonly record struct RemotePublish(string Topic, string? ContentType = null);
