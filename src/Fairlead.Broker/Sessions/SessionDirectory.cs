using System.Collections.Concurrent;
using Fairlead.Broker.Connections;
using Fairlead.Protocols.Mqtt;

namespace Fairlead.Broker.Sessions;

/// <summary>
/// Who owns which Session. An interface, because a node does not assume that it is alone: several nodes will agree through a shared
/// store, where the epoch decides which claim is the newer one (design promise 7).
/// </summary>
internal interface ISessionDirectory
{
    /// <summary>Sessions on this node.</summary>
    int Count { get; }

    /// <summary>Finds a Session without claiming it.</summary>
    Session? Find(string clientId);

    /// <summary>All Sessions on this node; a snapshot that may lag.</summary>
    IEnumerable<Session> All { get; }

    /// <summary>
    /// Gives the Session to a connection and raises its epoch. A connection that holds it is told to leave [MQTT-3.1.4-3] and the claim
    /// waits until it has: inbound state then never has two owners.
    /// </summary>
    ValueTask<SessionClaim> ClaimAsync(Connection connection, string clientId, Func<Session?, bool> resume, Func<Session> create);

    /// <summary>Ends the claim; the Session stays, or goes when told so.</summary>
    void Release(Session session, Connection connection, bool remove);

    /// <summary>Puts a Session that was loaded from the store.</summary>
    void Restore(Session session);

    /// <summary>Removes a Session that nobody owns; false when somebody has claimed it meanwhile.</summary>
    bool TryRemoveUnowned(Session session);
}

/// <summary>A successful claim.</summary>
/// <param name="Session">The Session, now owned.</param>
/// <param name="Present">Whether it existed and was resumed.</param>
/// <param name="Ended">The Session that was discarded in its place; null when there was none.</param>
internal readonly record struct SessionClaim(Session Session, bool Present, Session? Ended);

/// <summary>The directory of a single node.</summary>
internal sealed class LocalSessionDirectory : ISessionDirectory
{
    private readonly ConcurrentDictionary<string, Session> _sessions = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public int Count => _sessions.Count;

    /// <inheritdoc/>
    public IEnumerable<Session> All => _sessions.Select(static pair => pair.Value);

    /// <inheritdoc/>
    public Session? Find(string clientId) => _sessions.GetValueOrDefault(clientId);

    /// <inheritdoc/>
    public async ValueTask<SessionClaim> ClaimAsync(
        Connection connection, string clientId, Func<Session?, bool> resume, Func<Session> create)
    {
        while (true)
        {
            var existing = Find(clientId);
            if (existing is null)
            {
                var made = create();
                made.Owner = connection;
                made.Epoch++;
                if (_sessions.TryAdd(clientId, made)) return new SessionClaim(made, false, null);
                continue;
            }

            Connection? owner;
            lock (existing)
            {
                owner = existing.Owner;
                if (owner is null && _sessions.TryGetValue(clientId, out var current) && ReferenceEquals(current, existing))
                {
                    if (resume(existing))
                    {
                        existing.Owner = connection;
                        existing.Epoch++;
                        return new SessionClaim(existing, true, null);
                    }

                    var made = create();
                    made.Owner = connection;
                    made.Epoch = existing.Epoch + 1;
                    _sessions[clientId] = made;
                    return new SessionClaim(made, false, existing);
                }
            }

            if (owner is null) continue;
            owner.Close(ReasonCode.SessionTakenOver, "another connection uses the same Client Identifier");
            await owner.Completed.ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Release(Session session, Connection connection, bool remove)
    {
        lock (session)
        {
            if (!ReferenceEquals(session.Owner, connection)) return;
            session.Owner = null;
            if (remove) _sessions.TryRemove(KeyValuePair.Create(session.ClientId, session));
        }
    }

    /// <inheritdoc/>
    public void Restore(Session session) => _sessions[session.ClientId] = session;

    /// <inheritdoc/>
    public bool TryRemoveUnowned(Session session)
    {
        lock (session)
            return session.Owner is null && _sessions.TryRemove(KeyValuePair.Create(session.ClientId, session));
    }
}
