namespace Fairlead.Features.Documents;

/// <summary>Takes the records of one collection at start.</summary>
internal interface IDocumentTable
{
    /// <summary>Name of the collection in the store.</summary>
    string Collection { get; }

    /// <summary>Takes one record as it lay in the store.</summary>
    void Load(string key, ReadOnlySpan<byte> body);
}
