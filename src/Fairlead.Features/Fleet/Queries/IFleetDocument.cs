namespace Fairlead.Features.Fleet.Queries;

/// <summary>What an index knows of one thing or group.</summary>
internal interface IFleetDocument
{
    /// <summary>Values of a field; none when it has none.</summary>
    IEnumerable<FieldValue> ValuesOf(string field);

    /// <summary>Values that a term without a field is compared with.</summary>
    IEnumerable<FieldValue> All();
}
