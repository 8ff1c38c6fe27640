import { h, fill, keyed, text } from '../lib/dom.js';
import { live } from '../lib/live.js';
import { header, cli, empty, fact, button, banner, panel, badge, copyButton } from '../lib/ui.js';
import { count, ago, dateTime, moment, quote, shortPrincipal, shortId } from '../lib/format.js';
import { kick } from './connections.js';
import { refusedHead, refusedRow, refusedKey, updateRefused } from './refused.js';
import * as api from '../lib/api.js';
import t from '../en.js';

export const title = t.client.title;

export function mount(root, context) {
  const id = context.values[0];
  const state = h('span');
  const facts = h('dl', { class: 'facts' });
  const filters = h('tbody', { testid: 'subscriptions' });
  const events = h('tbody', { testid: 'events' });
  const refused = h('tbody');
  const refusedPanel = panel(t.client.refused, h('div', { class: 'scroll', tabindex: '0' }, h('table', null, refusedHead(), refused)));
  const problem = h('div');
  const gone = h('div');
  const kickButton = context.may('operator') && button(t.connections.kick, () => kick(id), { class: 'danger', testid: 'kick', disabled: true });
  const noFilters = h('p', { class: 'muted' }, t.client.noSubscriptions);
  fill(root,
    h('p', { class: 'crumbs' }, h('a', { href: '/console/connections' }, t.nav.connections)),
    header(h('span', { class: 'mono' }, id, copyButton(id)), state,
      h('a', { class: 'button', href: api.query('/console/direct', { client: id }) }, t.nav.direct),
      h('a', { class: 'button', href: api.query('/console/logs', { client: id }) }, t.client.trace), kickButton),
    problem, h('section', { class: 'panel' }, h('h2', null, t.client.session), gone, facts),
    refusedPanel,
    h('div', { class: 'columns' },
      panel(t.client.subscriptions, noFilters, h('div', { class: 'scroll', tabindex: '0' }, h('table', null, filters))),
      panel(t.client.events, h('div', { class: 'scroll', tabindex: '0' }, h('table', null, events)))),
    cli(`fairlead client get ${quote(id)}`, `fairlead client events ${quote(id)}`, `fairlead client kick ${quote(id)}`));

  const stream = live(api.query('/v1/console/live/client', { id }), {
    problem: error => fill(problem, banner(t.client.failed, error)),
    view: view => {
      const client = view.client;
      if (kickButton) kickButton.disabled = !client?.connected;
      fill(state, client?.connected ? badge(t.client.connected, 'ok', 'client-state') : badge(t.client.away, 'warn', 'client-state'));
      if (client) showFacts(client);
      fill(gone, !client && empty(t.client.gone, t.client.goneAdvice));
      facts.hidden = !client;
      noFilters.hidden = view.subscriptions.length > 0;
      keyed(filters, view.subscriptions, one => one.filter, one => h('tr', null, h('th', { scope: 'row', class: 'mono' }, one.filter, copyButton(one.filter)), h('td', { class: 'num' }, `QoS ${one.qos}`)));
      keyed(events, view.events, one => `${one.at} ${one.event} ${one.detail}`, one => h('tr', { testid: 'event' },
        h('td', { class: 'nowrap', title: dateTime(one.at) }, moment(one.at)), h('td', null, badge(t.client.kinds[one.event] ?? one.event, one.event === 'connect_refused' ? 'bad' : one.event === 'connected' ? 'ok' : '')),
        h('td', { class: 'reason' }, shortPrincipal(one.detail))));
      refusedPanel.hidden = view.refused.length === 0;
      keyed(refused, view.refused, refusedKey, refusedRow, updateRefused);
    },
  });

  let shown;
  function showFacts(client) {
    // Made anew only when something but a clock has changed.
    const now = JSON.stringify(client);
    if (now === shown) return;
    shown = now;
    const t2 = t.client.facts;
    fill(facts,
      fact(t2.thing, client.thingName ? h('a', { href: `/console/things/${api.segment(client.thingName)}`, testid: 'client-thing' }, client.thingName) : h('span', { class: 'muted' }, '–')),
      fact(t2.principal, h('span', { class: 'mono', title: client.principal }, shortPrincipal(client.principal)), null, { copy: client.principal }),
      client.certificateId && fact(t2.certificate, h('span', { class: 'mono', title: client.certificateId }, shortId(client.certificateId)), null, { copy: client.certificateId }),
      fact(t2.version, client.version, 'client-version'),
      fact(t2.listener, client.listener, 'client-listener'),
      fact(t2.tls, client.tls ?? t.connections.plain, 'client-tls'),
      fact(t2.address, client.remoteAddress, 'client-address'),
      fact(client.connected ? t2.since : t2.left, `${dateTime(client.since)} (${ago(client.since)})`, 'client-since'),
      fact(t2.keepAlive, t.seconds(client.keepAlive), 'client-keep-alive'),
      fact(t2.expiry, client.sessionExpiry === 0 ? t.client.withConnection : client.sessionExpiry >= 4294967295 ? t.client.never : t.seconds(client.sessionExpiry), 'client-expiry'),
      fact(t2.queued, count(client.queued), 'client-queued'),
      fact(t2.inflight, count(client.inflight), 'client-inflight'),
      fact(t2.in, count(client.messagesIn), 'client-in'),
      fact(t2.out, count(client.messagesOut), 'client-out'),
      fact(t2.dropped, count(client.dropped), 'client-dropped'));
  }
  return () => stream.close();
}
export { text };
