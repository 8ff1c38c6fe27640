using Fairlead.Features.Rules.Actions;
using Fairlead.Shared;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Targets;

/// <summary>The s3 action into a folder (checklist line 26).</summary>
public sealed class S3ActionTests : IAsyncLifetime
{
    private readonly ActionBench _bench = new();

    private string Root => Path.Combine(_bench.Directory.Path, "objects");

    public ValueTask InitializeAsync()
    {
        _bench.Options.S3 = $"file://{Root}";
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Fact]
    public async Task Rules_26_the_object_is_a_file_with_the_exact_bytes()
    {
        var action = Create("b-1", "${topic(2)}/${id}.json");
        var call = await _bench.RunAsync(action, """{"id":7,  "x":"ä"}""", "a/plant");
        call.Result.ShouldBe(ActionResult.Success);
        call.Resource.ShouldBe("b-1");
        File.ReadAllText(Path.Combine(Root, "b-1", "plant", "7.json")).ShouldBe(System.Text.Encoding.UTF8.GetString(call.Payload.Span));

        await _bench.RunAsync(action, """{"id":7}""", "a/plant");
        File.ReadAllText(Path.Combine(Root, "b-1", "plant", "7.json")).ShouldBe("""{"id":7}""");
        Directory.GetFiles(Path.Combine(Root, ".incoming")).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("../../etc/x")]
    [InlineData("/etc/x")]
    [InlineData("a/../../x")]
    [InlineData("a//b")]
    [InlineData("a/./b")]
    [InlineData("a\u0000b")]
    [InlineData("a\\\\b")]
    [InlineData("a\\nb")]
    [InlineData("")]
    [InlineData("a/")]
    public async Task Rules_26_a_key_that_could_leave_its_bucket_fails(string key)
    {
        var payload = System.Text.Json.JsonSerializer.Serialize(new { k = System.Text.RegularExpressions.Regex.Unescape(key) });
        var call = await _bench.RunAsync(Create("bucket", "${k}"), payload);
        call.Result.Outcome.ShouldBe(ActionOutcome.Failed);
        call.Result.Message.ShouldStartWith("cannot write object '");
        Directory.Exists(Root).ShouldBeFalse();
    }

    [Theory]
    [InlineData("..")]
    [InlineData(".incoming")]
    [InlineData("a/b")]
    [InlineData("ab")]
    public async Task Rules_26_a_bucket_that_could_leave_the_folder_fails(string bucket) =>
        (await _bench.RunAsync(Create("${b}", "key"), $$"""{"b":"{{bucket}}"}""")).Result.Outcome.ShouldBe(ActionOutcome.Failed);

    [Theory]
    [InlineData("private", UnixFileMode.UserRead | UnixFileMode.UserWrite)]
    [InlineData("public-read", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead)]
    public async Task The_canned_list_becomes_the_mode_of_the_file(string acl, UnixFileMode mode)
    {
        await _bench.RunAsync(Create("bucket", "key", acl), "{}");
        if (!OperatingSystem.IsWindows()) File.GetUnixFileMode(Path.Combine(Root, "bucket", "key")).ShouldBe(mode);
    }

    [Fact]
    public async Task An_object_in_the_place_of_a_folder_does_not_stop_the_others()
    {
        (await _bench.RunAsync(Create("bucket", "a/b"), "{}")).Result.ShouldBe(ActionResult.Success);
        (await _bench.RunAsync(Create("bucket", "a"), "{}")).Result.ShouldBe(ActionResult.Fail("cannot write object 'a' of bucket bucket: there are objects below 'a/'"));
        (await _bench.RunAsync(Create("bucket", "a/c"), "{}")).Result.ShouldBe(ActionResult.Success);
    }

    [Fact]
    public async Task A_server_that_is_not_there_may_come_back()
    {
        _bench.Options.S3 = $"http://127.0.0.1:{FreePort.Take()}";
        var call = await _bench.RunAsync(Create("bucket", "key"), "{}");
        call.Result.Outcome.ShouldBe(ActionOutcome.Transient);
        call.Result.Message.ShouldStartWith($"cannot write object 'key' of bucket bucket at {_bench.Options.S3}: ");
    }

    [Fact]
    public void Without_a_target_the_rule_is_refused_with_the_setting_that_gives_one()
    {
        _bench.Options.S3 = "";
        _bench.Refusal("s3", """{"roleArn":"r","bucketName":"bucket","key":"k"}""").ShouldBe(
            "action s3: has no local target; the setting Rules:S3 gives one (file:///FOLDER, or the URL of a server with the API of S3)");
    }

    [Theory]
    [InlineData("""{"roleArn":"r","bucketName":"bucket"}""", "action s3: key is missing")]
    [InlineData("""{"bucketName":"bucket","key":"k"}""", "action s3: roleArn is missing")]
    [InlineData("""{"roleArn":"r","bucketName":"bucket","key":"../k"}""", "action s3: key: the key has an empty segment, or one that is . or ..")]
    [InlineData("""{"roleArn":"r","bucketName":"bucket","key":"k","cannedAcl":"all"}""", "action s3: cannedAcl must be one of private, public-read, public-read-write, aws-exec-read, authenticated-read, bucket-owner-read, bucket-owner-full-control, log-delivery-write, not 'all'")]
    public void A_definition_that_cannot_work_is_refused(string definition, string message) => _bench.Refusal("s3", definition).ShouldBe(message);

    private IRuleAction Create(string bucket, string key, string? acl = null) => _bench.Create(
        "s3", $$"""{"roleArn":"r","bucketName":"{{bucket}}","key":"{{key}}"{{(acl is null ? "" : $",\"cannedAcl\":\"{acl}\"")}}}""");
}
