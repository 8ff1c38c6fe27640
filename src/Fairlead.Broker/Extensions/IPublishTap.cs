namespace Fairlead.Broker.Extensions;

/// <summary>Sees each publication after authorization, before subscribers. Must not block: what takes time goes to a bounded queue.</summary>
public interface IPublishTap
{
    /// <summary>Called once for each publication that was accepted.</summary>
    void OnPublish(in Publication publication);
}
