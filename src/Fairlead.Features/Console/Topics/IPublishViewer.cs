using Fairlead.Broker.Extensions;

namespace Fairlead.Features.Console.Topics;

/// <summary>Somebody who looks at publications while a page is open. Called on the packet path: must not block.</summary>
internal interface IPublishViewer
{
    /// <summary>Whether a topic is looked at.</summary>
    bool Covers(ReadOnlySpan<byte> topic);

    /// <summary>A publication; also of topics that are not looked at.</summary>
    void Offer(in Publication publication);
}
