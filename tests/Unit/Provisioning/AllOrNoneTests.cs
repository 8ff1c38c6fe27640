using Fairlead.Features.AccessKeys;
using Fairlead.Features.Policies;
using Fairlead.Unit.Features;
using Shouldly;
using Xunit;

namespace Fairlead.Unit.Provisioning;

/// <summary>Several changes of records or none, in memory and in the store.</summary>
public sealed class AllOrNoneTests
{
    [Fact]
    public async Task Refused_change_takes_those_before_it_back()
    {
        await using var store = RecordStore.Open();
        var heard = new List<string>();
        lock (store.Documents.Gate)
        {
            store.Records.AccessKeys.Save("kept", Key("kept", "before"));
            store.Records.AccessKeys.Save("removed", Key("removed", "before"));
            store.Records.PolicyAttachments.Save("p", "target", new PolicyAttachment(1));
            store.Records.AccessKeys.Changed += (key, before, after) => heard.Add($"{key} {before?.Secret} {after?.Secret}");
            Should.Throw<InvalidOperationException>(() => store.Documents.AllOrNone(() =>
            {
                store.Records.AccessKeys.Save("kept", Key("kept", "after"));
                store.Records.AccessKeys.Save("kept", Key("kept", "again"));
                store.Records.AccessKeys.Save("new", Key("new", "after"));
                store.Records.AccessKeys.Remove("removed");
                store.Records.PolicyAttachments.Remove("p", "target");
                store.Records.PolicyAttachments.Save("p", "other", new PolicyAttachment(2));
                throw new InvalidOperationException("no");
            }));
        }

        Check();
        heard.ShouldBe(["kept before after", "kept after again", "new  after", "removed before ", "removed  before", "new after ", "kept again after", "kept after before"]);
        await store.Documents.CommitAsync();
        await store.ReopenAsync();
        Check();

        void Check()
        {
            lock (store.Documents.Gate) store.Records.AccessKeys.After(null).Select(static entry => entry.Key).ShouldBe(["kept", "removed"]);
            store.Records.AccessKeys.Find("kept")!.Secret.ShouldBe("before");
            store.Records.PolicyAttachments.RightsOf("p").Keys.ShouldBe(["target"]);
            store.Records.PolicyAttachments.LeftsOf("other").ShouldBeEmpty();
        }
    }

    [Fact]
    public async Task Accepted_changes_stay_when_a_later_one_is_refused()
    {
        await using var store = RecordStore.Open();
        lock (store.Documents.Gate)
        {
            store.Documents.AllOrNone(() => store.Records.AccessKeys.Save("first", Key("first", "one")));
            Should.Throw<InvalidOperationException>(() => store.Documents.AllOrNone(static () => throw new InvalidOperationException("no")));
        }

        await store.Documents.CommitAsync();
        await store.ReopenAsync();
        store.Records.AccessKeys.Find("first").ShouldNotBeNull();
    }

    private static AccessKey Key(string id, string secret) => new(id, secret, true, 0);
}
