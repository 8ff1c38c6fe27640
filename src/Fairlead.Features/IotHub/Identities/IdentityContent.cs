namespace Fairlead.Features.IotHub.Identities;

/// <summary>What a caller says about an identity: at creation and, as a whole, at each change.</summary>
/// <param name="IsDisabled">Whether it may not connect.</param>
/// <param name="StatusReason">Why.</param>
/// <param name="Authentication">How it proves itself; null takes keys at creation and leaves it as it is at a change.</param>
/// <param name="PrimaryKey">Key in base64; null and empty make one, or keep the present one.</param>
/// <param name="SecondaryKey">The other one.</param>
/// <param name="PrimaryThumbprint">Thumbprint.</param>
/// <param name="SecondaryThumbprint">The other one.</param>
/// <param name="IsEdge">Capability; null leaves it.</param>
/// <param name="ManagedBy">What manages a module.</param>
internal sealed record IdentityContent(
    bool IsDisabled = false, string? StatusReason = null, AuthenticationKind? Authentication = null, string? PrimaryKey = null, string? SecondaryKey = null,
    string? PrimaryThumbprint = null, string? SecondaryThumbprint = null, bool? IsEdge = null, string? ManagedBy = null)
{
    /// <summary>The identity as it is afterwards.</summary>
    /// <exception cref="IotHubException">400.</exception>
    public Identity ApplyTo(Identity identity, long now)
    {
        var kind = Authentication ?? identity.Authentication;
        string? first = IdentityRules.Thumbprint(PrimaryThumbprint, "primaryThumbprint");
        string? second = IdentityRules.Thumbprint(SecondaryThumbprint, "secondaryThumbprint");
        if (kind == AuthenticationKind.SelfSigned)
        {
            if (Authentication is null && first is null && second is null) (first, second) = (identity.PrimaryThumbprint, identity.SecondaryThumbprint);
            if (first is null && second is null)
                throw new IotHubException(IotHubError.ArgumentInvalid("authentication.type selfSigned takes a primaryThumbprint, a secondaryThumbprint or both"));
        }
        else if (first is not null || second is not null)
        {
            throw new IotHubException(IotHubError.ArgumentInvalid("thumbprints take authentication.type selfSigned"));
        }

        bool hasKeys = kind == AuthenticationKind.Sas;
        if (!hasKeys && !(string.IsNullOrEmpty(PrimaryKey) && string.IsNullOrEmpty(SecondaryKey)))
            throw new IotHubException(IotHubError.ArgumentInvalid("keys take authentication.type sas"));
        // A fresh identity has never changed its status: its time stays unset.
        bool isChanged = identity.IsDisabled != IsDisabled;
        return identity with
        {
            IsDisabled = IsDisabled,
            StatusReason = IdentityRules.Text(StatusReason, "statusReason"),
            StatusUpdatedAt = isChanged ? now : identity.StatusUpdatedAt,
            Authentication = kind,
            PrimaryKey = hasKeys ? Key(PrimaryKey, identity.PrimaryKey, "primaryKey") : null,
            SecondaryKey = hasKeys ? Key(SecondaryKey, identity.SecondaryKey, "secondaryKey") : null,
            PrimaryThumbprint = first,
            SecondaryThumbprint = second,
            IsEdge = IsEdge ?? identity.IsEdge,
            ManagedBy = IdentityRules.Text(ManagedBy, "managedBy"),
        };
    }

    private static string Key(string? given, string? present, string member) =>
        string.IsNullOrEmpty(given) && present is not null ? present : IdentityRules.Key(given, $"symmetricKey.{member}");
}
