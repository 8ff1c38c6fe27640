using Fairlead.Edge.Twin.Shadows;

namespace Fairlead.Edge.Twin.Commands;

/// <summary>Why a command failed, in Ditto's terms (spec/kanto-edge, section 14, rule 5).</summary>
/// <param name="Status">Status, as in HTTP.</param>
/// <param name="Code">Error code.</param>
/// <param name="Message">One sentence: what.</param>
/// <param name="Description">One sentence: why, or what to do.</param>
internal sealed record TwinError(int Status, string Code, string Message, string Description)
{
    public static TwinError Invalid(string why) => new(400, "json.invalid", "The command is not valid.", why);

    public static TwinError ThingNotFound { get; } =
        new(404, "things:thing.notfound", "The thing does not exist.", "Nothing has been reported for it.");

    public static TwinError FeatureNotFound { get; } =
        new(404, "things:feature.notfound", "The feature does not exist.", "Nothing has been reported for it.");

    public static TwinError PropertyNotFound { get; } =
        new(404, "things:feature.property.notfound", "There is nothing at this path of the feature.", "Retrieve the feature to see what there is.");

    public static TwinError AttributeNotFound { get; } =
        new(404, "things:attribute.notfound", "There is nothing at this path of the attributes.", "Retrieve the attributes to see what there is.");

    public static TwinError Conflict { get; } =
        new(409, "things:thing.conflict", "The thing exists already.", "Use modify or merge.");

    public static TwinError PreconditionFailed { get; } =
        new(412, "things:precondition.failed", "The shadow has another version.", "Retrieve it and use its revision in If-Match.");

    public static TwinError TooMany { get; } =
        new(429, "things:thing.toomanymodifyingrequests", "The hub refuses so many requests.", "It was tried several times.");

    public static TwinError Unavailable { get; } =
        new(503, "things:thing.unavailable", "The hub cannot be asked now.", "The command was not carried out; try again later.");

    public static TwinError Timeout { get; } =
        new(408, "command.timeout", "The hub has not answered in time.", "The command may still be carried out.");

    /// <summary>The error for a request that was not sent.</summary>
    public static TwinError Of(ShadowFault fault, TwinOptions options) => fault switch
    {
        ShadowFault.TooLarge => new TwinError(413, "things:thing.toolarge", "The state is too large.", $"One request may carry {options.MaxBytes} bytes of state."),
        ShadowFault.TooDeep => Invalid($"A section may be nested {options.MaxDepth} levels deep."),
        _ => Invalid("An array must not hold null."),
    };

    /// <summary>The error for a request that the hub refused.</summary>
    /// <param name="code">Code of the rejection.</param>
    /// <param name="text">Its message.</param>
    /// <param name="address">The shadow.</param>
    /// <param name="hadVersion">Whether the request named a version.</param>
    public static TwinError OfRejection(long code, string text, ShadowAddress address, bool hadVersion) => code switch
    {
        401 or 403 => new TwinError(403, "things:thing.notmodifiable", "The hub does not allow it.", text),
        404 => (address.Feature is null ? ThingNotFound : FeatureNotFound) with { Description = text },
        409 => hadVersion ? PreconditionFailed : Conflict with { Message = "The shadow was changed at the same time.", Description = text },
        413 => new TwinError(413, "things:thing.toolarge", "The state is too large.", text),
        429 => TooMany with { Description = text },
        >= 500 => Unavailable with { Message = "The hub could not carry out the command.", Description = text },
        _ => Invalid(text),
    };
}
