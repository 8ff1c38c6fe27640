using System.Diagnostics;
using Fairlead.Interop.Drivers;
using Fairlead.Shared;

namespace Fairlead.Interop;

/// <summary>What must be on the machine. Absent: the test is skipped with a sentence that says how to get it. In CI (CI=true) absence is a failure.</summary>
public static class Requirements
{
    /// <summary>Distributions install Paho for their own Python, not for one from elsewhere on the PATH.</summary>
    public const string Python = "/usr/bin/python3";

    private static readonly Lazy<bool> HasPaho = new(() => Runs(Python, "-c", "import paho.mqtt.client"));
    private static readonly Lazy<bool> HasBoto3 = new(() => Runs(Python, "-c", "import boto3"));
    private static readonly Lazy<bool> HasSmtpServer = new(() => Runs(Python, "-c", "import aiosmtpd"));
    private static readonly Lazy<bool> HasProton = new(() => Runs(Python, "-c", "import proton"));
    private static readonly Lazy<bool> HasNode = new(() => Runs("node", "--version"));
    private static readonly Lazy<bool> HasMosquittoTools = new(() => OnPath("mosquitto_pub") && OnPath("mosquitto_sub") && OnPath("stdbuf"));

    public static void Need(Foreign library)
    {
        if (library == Foreign.Paho)
            Need(HasPaho.Value, "Paho for Python is missing: apt-get install python3-paho-mqtt.");
        else
            NeedNodePackage(library == Foreign.MqttJs ? "mqtt" : "aws-iot-device-sdk-v2");
    }

    public static void Need(Aws.AwsTool tool)
    {
        if (tool == Aws.AwsTool.Boto3)
            Need(HasBoto3.Value, "boto3 is missing: apt-get install python3-boto3.");
        else
        {
            NeedNodePackage("@aws-sdk/client-iot");
            NeedNodePackage("@aws-sdk/client-sns");
        }
    }

    public static void NeedMosquittoTools() =>
        Need(HasMosquittoTools.Value, "mosquitto_pub and mosquitto_sub are missing: apt-get install mosquitto-clients.");

    /// <summary>A program of the machine that tests call by its name, such as <c>openssl</c> or <c>curl</c>.</summary>
    public static void NeedProgram(string name) => Need(OnPath(name), $"{name} is missing: apt-get install {name}.");

    /// <summary>A module of the distribution's Python.</summary>
    public static void NeedPythonModule(string module, string package) => Need(Runs(Python, "-c", $"import {module}"), $"the Python module {module} is missing: apt-get install {package}.");

    public static void NeedProton() => Need(HasProton.Value, "Proton for Python is missing: apt-get install python3-qpid-proton.");

    public static void NeedSmtpServer() => Need(HasSmtpServer.Value, "aiosmtpd is missing: apt-get install python3-aiosmtpd.");

    public static void NeedAwsCommandLine() => Need(OnPath("aws"), "The AWS command line is missing: apt-get install awscli.");

    /// <summary>A file of a package of the distribution; null when its place could not be found.</summary>
    public static void NeedFile(string? path, string package) => Need(path is not null && File.Exists(path), $"{package} is missing: apt-get install {package}.");

    /// <summary>A package from npm; null for Node.js alone.</summary>
    public static void NeedNodePackage(string? package)
    {
        Need(HasNode.Value, "node is missing: apt-get install nodejs npm.");
        if (package is null)
            return;
        var folder = Path.Combine(ProgramPath.Root, "tests", "Interop", "node");
        Need(Directory.Exists(Path.Combine(folder, "node_modules", package)), $"The npm package {package} is missing: npm ci --prefix tests/Interop/node.");
    }

    private static void Need(bool present, string otherwise)
    {
        if (present)
            return;
        if (string.Equals(Environment.GetEnvironmentVariable("CI"), "true", StringComparison.OrdinalIgnoreCase))
            Assert.Fail(otherwise);
        Assert.Skip(otherwise);
    }

    private static bool OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    private static bool Runs(string program, params string[] arguments)
    {
        if (!File.Exists(program) && !OnPath(program))
            return false;
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
