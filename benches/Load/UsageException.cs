namespace Fairlead.Load;

// The command line makes no sense; printed as one line, exit code 2.
internal sealed class UsageException(string message) : Exception(message);
