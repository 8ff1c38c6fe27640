namespace Fairlead.Broker.Extensions;

/// <summary>Sees each publication after authorization, before subscribers. Must not block: what takes time goes to a bounded queue.</summary>
public interface IPublishTap
{
    /// <summary>Called once for each publication that was accepted.</summary>
    void OnPublish(in Publication publication);

    /// <summary>Whether it has any use for messages of a topic; what nobody wants need not be written. Called on the packet path.</summary>
    bool Wants(ReadOnlySpan<byte> topic) => true;
}
