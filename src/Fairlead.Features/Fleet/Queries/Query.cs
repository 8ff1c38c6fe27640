namespace Fairlead.Features.Fleet.Queries;

/// <summary>A query as a tree.</summary>
internal abstract record Query
{
    /// <summary>Whether a document fits.</summary>
    public abstract bool Fits(IFleetDocument document);
}

/// <summary><c>*</c>.</summary>
internal sealed record Everything : Query
{
    /// <inheritdoc/>
    public override bool Fits(IFleetDocument document) => true;
}

/// <summary>All of several.</summary>
internal sealed record AllOf(IReadOnlyList<Query> Parts) : Query
{
    /// <inheritdoc/>
    public override bool Fits(IFleetDocument document)
    {
        foreach (var part in Parts)
        {
            if (!part.Fits(document)) return false;
        }

        return true;
    }
}

/// <summary>One of several.</summary>
internal sealed record AnyOf(IReadOnlyList<Query> Parts) : Query
{
    /// <inheritdoc/>
    public override bool Fits(IFleetDocument document)
    {
        foreach (var part in Parts)
        {
            if (part.Fits(document)) return true;
        }

        return false;
    }
}

/// <summary>The opposite.</summary>
internal sealed record Not(Query Part) : Query
{
    /// <inheritdoc/>
    public override bool Fits(IFleetDocument document) => !Part.Fits(document);
}

/// <summary>A value of a field passes a test; one of several values is enough.</summary>
/// <param name="Field">Name of the field; null for any.</param>
/// <param name="Test">The test.</param>
internal sealed record Term(string? Field, ValueTest Test) : Query
{
    /// <inheritdoc/>
    public override bool Fits(IFleetDocument document)
    {
        foreach (var value in Field is null ? document.All() : document.ValuesOf(Field))
        {
            if (Test.Passes(value)) return true;
        }

        return false;
    }
}
