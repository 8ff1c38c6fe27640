namespace Fairlead.Features.IotHub;

/// <summary>A refusal within a request of the service API; becomes the answer that <see cref="IotHubError"/> says.</summary>
internal sealed class IotHubException(IotHubError error) : Exception(error.Message)
{
    /// <summary>The refusal.</summary>
    public IotHubError Error { get; } = error;
}
