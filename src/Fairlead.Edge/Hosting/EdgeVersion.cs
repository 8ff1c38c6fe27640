using System.Reflection;

namespace Fairlead.Edge.Hosting;

/// <summary>The version of the connector.</summary>
internal static class EdgeVersion
{
    /// <summary>As text, such as <c>0.1.0</c>.</summary>
    public static string Text { get; } =
        typeof(EdgeVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
}
