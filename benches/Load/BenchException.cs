namespace Fairlead.Load;

// Something the user can understand and do something about; printed as one line.
internal sealed class BenchException(string message) : Exception(message);
