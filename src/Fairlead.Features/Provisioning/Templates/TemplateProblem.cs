namespace Fairlead.Features.Provisioning.Templates;

/// <summary>What is wrong with a template, or with its parameters; the message says where.</summary>
internal sealed class TemplateProblem(string message) : Exception(message);
