using Fairlead.Edge.Twin.Commands;

namespace Fairlead.Edge.Twin.Shadows;

/// <summary>An edit that is under way to the hub.</summary>
/// <param name="Order">Grows with each edit.</param>
/// <param name="Edit">The edit.</param>
/// <param name="Outcome">Who waits for how it ends; null for nobody.</param>
internal sealed record SentEdit(long Order, ShadowEdit Edit, CommandOutcome? Outcome);
