using Fairlead.Edge.Twin.Shadows;

namespace Fairlead.Edge.Twin.Commands;

/// <summary>What a command comes to.</summary>
/// <param name="Edits">Edits of shadows, the attributes first.</param>
/// <param name="Error">Why it is refused; null when it is not.</param>
internal sealed record TwinConversion(IReadOnlyList<ShadowEdit> Edits, TwinError? Error)
{
    /// <summary>A command that changes nothing.</summary>
    public static TwinConversion Nothing { get; } = new([], null);

    /// <summary>A command about something that no shadow holds: it goes out as it came.</summary>
    public static TwinConversion Foreign { get; } = new([], null) { IsForeign = true };

    /// <summary>Whether (a part of) the command is about something that no shadow holds.</summary>
    public bool IsForeign { get; private init; }

    /// <summary>Whether a property called <c>definition</c> had to give way to the definition of its feature.</summary>
    public bool HasDefinitionClash { get; init; }

    /// <summary>A command that cannot be carried out.</summary>
    public static TwinConversion Refused(string why) => new([], TwinError.Invalid(why));

    /// <summary>This and another part of the same command.</summary>
    public TwinConversion And(TwinConversion other) => new([.. Edits, .. other.Edits], Error ?? other.Error)
    {
        IsForeign = IsForeign || other.IsForeign,
        HasDefinitionClash = HasDefinitionClash || other.HasDefinitionClash,
    };
}
