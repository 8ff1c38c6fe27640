using Xunit;

namespace Fairlead.Unit;

/// <summary>Tests that measure the process, such as its heap: what others do at the same time would count as theirs.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
