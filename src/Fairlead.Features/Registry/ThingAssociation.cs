namespace Fairlead.Features.Registry;

/// <summary>Which thing a connection stands for (spec/aws-registry-and-policies, section 16.2). Takes no lock.</summary>
internal sealed class ThingAssociation(HubScope scope, HubRecords records)
{
    /// <summary>Finds it.</summary>
    /// <param name="certificateId">Id of the certificate that the client proved; null for other identities, which stand for no thing.</param>
    /// <param name="clientId">Client Identifier.</param>
    /// <param name="isExclusive">Whether the certificate belongs to that thing alone; lifecycle events then name the thing.</param>
    /// <returns>The thing, or null.</returns>
    public Thing? Find(string? certificateId, string clientId, out bool isExclusive)
    {
        isExclusive = false;
        if (certificateId is null) return null;
        var arn = scope.Arn("cert", certificateId);
        foreach (var (thing, link) in records.ThingPrincipals.LeftsOf(arn))
        {
            if (!link.IsExclusive) break; // an exclusive one is the only one
            isExclusive = true;
            return records.Things.Find(thing);
        }

        return records.ThingPrincipals.Find(clientId, arn) is null ? null : records.Things.Find(clientId);
    }
}
