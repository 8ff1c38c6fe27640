namespace Fairlead.Edge.Topics;

/// <summary>What a topic of Eclipse Hono is for (spec section 6.1).</summary>
internal enum HonoKind
{
    /// <summary><c>telemetry</c>, <c>t</c>.</summary>
    Telemetry,

    /// <summary><c>event</c>, <c>e</c>.</summary>
    Event,

    /// <summary><c>command/../../req</c>, <c>c/../../q</c>.</summary>
    Request,

    /// <summary><c>command/../../res</c>, <c>c/../../s</c>.</summary>
    Response,
}
