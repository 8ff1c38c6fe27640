namespace Fairlead.Features.IotHub.Query;

/// <summary>A query that cannot be run, and why: names what is not offered.</summary>
internal sealed class QueryException(string message) : Exception(message);
