import { h, fill, text } from '../lib/dom.js';
import { live } from '../lib/live.js';
import { header, cli, empty } from '../lib/ui.js';
import { count, rate, bytes } from '../lib/format.js';
import { sparkline } from '../lib/chart.js';
import * as api from '../lib/api.js';
import t from '../en.js';

export const title = t.nav.overview;
const longest = 60;

export function mount(root, context) {
  const values = {};
  const sparks = {};
  const history = { in: [], out: [], connections: [] };
  const tile = (key, path, options = {}) => {
    values[key] = h('span', { class: 'number', testid: `overview-${key}` }, '–');
    const unit = h('span', { class: 'unit' }, t.overview.units[key] ?? '');
    if (options.spark) sparks[key] = h('div', { class: 'spark-box' });
    return h('a', { class: 'tile', href: path, testid: `tile-${key}` }, h('span', { class: 'tile-label' }, t.overview[key]), h('span', { class: 'tile-value' }, values[key], unit), sparks[key]);
  };
  const welcome = h('div');
  const small = key => {
    values[key] = h('span', { testid: `overview-${key}` }, '–');
    return h('div', { class: 'fact' }, h('dt', null, t.overview[key]), h('dd', null, values[key]));
  };
  fill(root,
    header(t.nav.overview, t.overview.lead),
    welcome,
    h('div', { class: 'tiles wide' },
      tile('connections', '/console/connections', { spark: true }),
      tile('in', '/console/topics', { spark: true }),
      tile('out', '/console/topics', { spark: true })),
    h('div', { class: 'tiles' },
      tile('refused', '/console/connections/refused'),
      tile('dropped', '/console/metrics'),
      tile('ruleFailures', '/console/rules'),
      tile('expiring', '/console/things'),
      tile('edgesDown', '/console/edges')),
    h('section', { class: 'panel' }, h('h2', null, t.overview.more),
      h('dl', { class: 'facts' }, ['things', 'certificates', 'rules', 'sessions', 'subscriptions', 'retained', 'queued', 'bytesIn', 'bytesOut'].map(small))),
    cli('fairlead check', `curl ${location.origin}/metrics`));

  api.post('/indices/search', { queryString: '*', maxResults: 1 }).then(found => {
    if (found.things?.length) return;
    fill(welcome, empty(t.overview.empty, t.overview.emptyAdvice, h('a', { class: 'button primary', href: '/console/start', testid: 'to-start' }, t.nav.start)));
  }).catch(() => { /* the stream tells what is wrong */ });

  let before;
  const stream = live('/v1/console/live/overview', {
    view: now => {
      text(values.connections, count(now.connections));
      text(values.refused, count(now.refusedInLastHour));
      text(values.dropped, count(now.dropped));
      text(values.ruleFailures, count(now.ruleFailures));
      text(values.expiring, count(now.certificatesEnding));
      text(values.edgesDown, count(now.edgesDown));
      for (const key of ['things', 'certificates', 'rules', 'sessions', 'subscriptions', 'retained', 'queued']) text(values[key], count(now[key]));
      text(values.bytesIn, bytes(now.bytesIn));
      text(values.bytesOut, bytes(now.bytesOut));
      for (const [key, amount] of [['refused', now.refusedInLastHour], ['dropped', now.dropped], ['ruleFailures', now.ruleFailures], ['expiring', now.certificatesEnding], ['edgesDown', now.edgesDown]]) {
        values[key].classList.toggle('warn-text', amount > 0);
      }
      push('connections', now.connections);
      // Counters begin anew with the hub.
      if (before && now.at > before.at && now.messagesIn >= before.messagesIn) {
        const seconds = (now.at - before.at) / 1000;
        push('in', (now.messagesIn - before.messagesIn) / seconds);
        push('out', (now.messagesOut - before.messagesOut) / seconds);
        text(values.in, rate(history.in.at(-1)));
        text(values.out, rate(history.out.at(-1)));
      }
      before = now;
    },
  });

  function push(key, value) {
    history[key].push(value);
    if (history[key].length > longest) history[key].shift();
    fill(sparks[key], sparkline(history[key], t.overview[key]));
  }

  return () => stream.close();
}
