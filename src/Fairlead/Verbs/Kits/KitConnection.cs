using System.Text.Json;

namespace Fairlead.Verbs.Kits;

/// <summary>What a kit says about how to connect: the content of its <c>connect.json</c>, with full paths.</summary>
/// <param name="ClientId">Client Identifier of the device.</param>
/// <param name="Server">Where to connect.</param>
/// <param name="CertificateFile">Certificate.</param>
/// <param name="PrivateKeyFile">Its key.</param>
/// <param name="RootCaFile">Authority to trust; null for those of the machine.</param>
internal sealed record KitConnection(string ClientId, Uri Server, string CertificateFile, string PrivateKeyFile, string? RootCaFile)
{
    /// <summary>Reads the kit of a thing.</summary>
    /// <param name="name">Folder of the kit, or name of the thing: its folder is here or below FAIRLEAD_KITS.</param>
    /// <param name="environment">Environment variables.</param>
    public static KitConnection Read(string name, Func<string, string?> environment)
    {
        string what = $"cannot connect as {name}";
        string folder = name;
        if (!File.Exists(Path.Combine(folder, Kit.ConnectFileName)) && environment("FAIRLEAD_KITS") is { Length: > 0 } kits)
            folder = Path.Combine(kits, name);
        string file = Path.GetFullPath(Path.Combine(folder, Kit.ConnectFileName));
        if (!File.Exists(file))
        {
            throw VerbException.Usage(
                what, $"there is no kit: {Path.Combine(name, Kit.ConnectFileName)} does not exist", $"Name the folder of a kit, set FAIRLEAD_KITS to the folder of all kits, or make one with fairlead thing kit {name} --out {name}");
        }

        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(file));
            var root = document.RootElement;
            string home = Path.GetDirectoryName(file)!;
            return new KitConnection(
                root.GetProperty("clientId").GetString()!,
                new Uri($"mqtts://{root.GetProperty("host").GetString()}:{root.GetProperty("port").GetInt32()}"),
                Path.Combine(home, root.GetProperty("certificate").GetString()!),
                Path.Combine(home, root.GetProperty("privateKey").GetString()!),
                root.TryGetProperty("rootCa", out var authority) ? Path.Combine(home, authority.GetString()!) : null);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or IOException or UnauthorizedAccessException)
        {
            string why = exception is IOException or UnauthorizedAccessException ? Files.Problem(file, exception) : "it is not what 'fairlead thing kit' writes";
            throw VerbException.Usage(what, $"{file}: {why}", "Make the kit anew with --force");
        }
    }
}
