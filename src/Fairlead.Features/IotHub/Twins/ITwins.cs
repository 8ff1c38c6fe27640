namespace Fairlead.Features.IotHub.Twins;

/// <summary>
/// Twins (spec/azure-gateway, section 6). A twin is the shadow of the thing that the device is; a module's is the named shadow of its
/// name. A change is checked and made before a method returns its task, so that the order of calls is the order of versions; it is
/// answered after the commit. Whether the caller may do so is for the endpoint to ask.
/// </summary>
internal interface ITwins
{
    /// <summary>The twin as its device sees it: <c>{"desired":{...,"$version":n},"reported":{...,"$version":n}}</c>, without metadata and tags.</summary>
    ValueTask<TwinAnswer> GetAsync(IdentityName name, CancellationToken cancellationToken);

    /// <summary>Merges a patch into the reported properties.</summary>
    /// <param name="name">Whose.</param>
    /// <param name="patch">UTF-8 JSON object; may lie in memory that is used again once the call has returned.</param>
    /// <param name="version">The <c>$version</c> of reported that the caller believes is the present one; null for any.</param>
    /// <param name="cancellationToken">The caller has gone; the change stays made.</param>
    /// <returns>The new <c>$version</c> of reported.</returns>
    ValueTask<TwinAnswer> PatchReportedAsync(IdentityName name, ReadOnlyMemory<byte> patch, long? version, CancellationToken cancellationToken);

    /// <summary>Hears of each change of the desired properties after its commit, in the order of versions, one at a time, whichever door it came through. Until disposed.</summary>
    /// <param name="name">Whose.</param>
    /// <param name="listener">Neither blocks nor throws; what it is given must not be kept beyond the call unless copied.</param>
    IDisposable SubscribeDesired(IdentityName name, Action<DesiredChange> listener);

    /// <summary>The twin as services see it: identity, tags, properties with metadata.</summary>
    ValueTask<TwinAnswer> ReadAsync(IdentityName name, CancellationToken cancellationToken);

    /// <summary>Merges tags and desired properties, or replaces them as a whole.</summary>
    /// <param name="name">Whose.</param>
    /// <param name="document"><c>{"tags":{...},"properties":{"desired":{...}}}</c>.</param>
    /// <param name="replaces">PUT: what is not in the document goes.</param>
    /// <param name="ifMatch">Etag that must be the present one, without quotes; null or <c>*</c> for any.</param>
    /// <param name="cancellationToken">The caller has gone; the change stays made.</param>
    /// <returns>The twin afterwards, as services see it.</returns>
    ValueTask<TwinAnswer> WriteAsync(IdentityName name, ReadOnlyMemory<byte> document, bool replaces, string? ifMatch, CancellationToken cancellationToken);
}

/// <summary>Answer about a twin.</summary>
/// <param name="Json">UTF-8 JSON document; empty where none is promised, and with an error.</param>
/// <param name="Version"><c>$version</c> of reported after a patch of it; else the twin's own.</param>
/// <param name="ETag">Etag of tags and desired, without quotes.</param>
/// <param name="Error">Why not; null for a success.</param>
internal readonly record struct TwinAnswer(ReadOnlyMemory<byte> Json, long Version, string? ETag, IotHubError? Error)
{
    /// <summary>A refusal.</summary>
    public static TwinAnswer Refuse(IotHubError error) => new(default, 0, null, error);
}

/// <summary>A change of desired properties.</summary>
/// <param name="Patch">UTF-8 JSON: the patch as it was written, nulls included, with <c>$version</c>; after a replacement all of desired.</param>
/// <param name="Version">The new <c>$version</c> of desired.</param>
internal readonly record struct DesiredChange(ReadOnlyMemory<byte> Patch, long Version);
