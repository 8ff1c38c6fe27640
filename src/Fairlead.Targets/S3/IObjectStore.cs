namespace Fairlead.Targets.S3;

/// <summary>Where objects are written.</summary>
internal interface IObjectStore : IDisposable
{
    /// <summary>Writes an object, replacing the one that is there, and sets the result of the call.</summary>
    ValueTask PutAsync(S3Call call, CancellationToken cancellationToken);
}
