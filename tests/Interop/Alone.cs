namespace Fairlead.Interop;

/// <summary>Tests that measure this process, such as its heap: what others do at the same time would count as theirs.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
