import { h, fill } from '../lib/dom.js';
import { header, cli, banner, tabs, panel, copyButton } from '../lib/ui.js';
import { bytes, compact, count } from '../lib/format.js';
import { chart } from '../lib/chart.js';
import * as api from '../lib/api.js';
import t from '../en.js';

export const title = t.nav.metrics;
const windows = [[900, '15m'], [3600, '1h'], [86400, '24h']];
const milliseconds = value => value < 0.001 ? `${Math.round(value * 1e6)} µs` : value < 1 ? `${(value * 1000).toPrecision(3)} ms` : `${value.toPrecision(3)} s`;

// What is shown at first: how it is called, which series, and what is made of them.
const charts = [
  ['connections', ['fairlead_mqtt_connections'], 'value'],
  ['messages', ['fairlead_mqtt_messages_total'], 'rate', 'direction'],
  ['bytes', ['fairlead_mqtt_bytes_total'], 'rate', 'direction', bytes],
  ['dropped', ['fairlead_mqtt_dropped_total'], 'rate', 'reason'],
  ['queued', ['fairlead_mqtt_queued_messages'], 'value'],
  ['latency', ['fairlead_publish_latency_seconds'], 'mean', null, milliseconds],
  ['commit', ['fairlead_store_commit_seconds'], 'mean', null, milliseconds],
  ['shadows', ['fairlead_shadow_requests_total'], 'rate', 'operation'],
  ['rules', ['fairlead_rule_actions_total'], 'rate', 'result'],
  ['cpu', ['process_cpu_seconds_total'], 'rate', null, value => `${(value * 100).toFixed(1)} %`],
  ['memory', ['process_resident_memory_bytes', 'process_managed_heap_bytes'], 'value', null, bytes],
];

export async function mount(root, context) {
  const seconds = Number(context.query.get('window') ?? 900);
  const m = t.metrics;
  const told = h('div');
  const grid = h('div', { class: 'charts' });
  const body = h('tbody');
  const search = h('input', { type: 'search', placeholder: m.search, 'aria-label': m.search, testid: 'metric-search' });
  const path = length => api.query('/console/metrics', { window: length === 900 ? '' : length });
  fill(root,
    header(t.nav.metrics, m.lead, h('a', { class: 'button', href: '/metrics', target: '_blank', rel: 'noopener' }, '/metrics')),
    tabs(windows.map(([length, key]) => [path(length), m.windows[key], `window-${key}`]), path(seconds)),
    told, grid,
    panel(m.all, search, h('div', { class: 'scroll', tabindex: '0' }, h('table', null, h('thead', null, h('tr', null, [m.name, m.labels].map(label => h('th', { scope: 'col' }, label)), h('th', { scope: 'col', class: 'num' }, m.value), h('th', { scope: 'col' }, m.meaning))), body))),
    cli('fairlead metrics', `curl ${location.origin}/metrics`));
  const boxes = charts.map(([key, , , , format]) => {
    const box = chart(`chart-${key}`, m.charts[key], format);
    grid.append(box.element);
    return box;
  });
  let last;
  search.addEventListener('input', () => last && list());

  async function load() {
    try {
      last = await api.get(api.query('/v1/console/metrics', { seconds }));
      fill(told);
      charts.forEach(([, names, kind, label], i) => boxes[i].update(last.times, seriesFor(names, kind, label)));
      list();
    } catch (error) {
      fill(told, banner(m.failed, error));
    }
  }

  function seriesFor(names, kind, label) {
    if (kind === 'mean') {
      const sum = last.series.find(one => one.name === `${names[0]}_sum`);
      const number = last.series.find(one => one.name === `${names[0]}_count`);
      if (!sum || !number) return [{ label: '', values: [] }];
      const values = last.times.map((_, i) => i > 0 && number.values[i] > number.values[i - 1] ? (sum.values[i] - sum.values[i - 1]) / (number.values[i] - number.values[i - 1]) : NaN);
      return [{ label: '', values }];
    }
    const found = last.series.filter(one => names.includes(one.name));
    const groups = new Map();
    for (const one of found) {
      const key = names.length > 1 ? m.short[one.name] ?? one.name : label ? one.labels[label] : '';
      const values = kind === 'rate' ? rates(one.values) : one.values.map(value => value ?? NaN);
      const before = groups.get(key);
      groups.set(key, before ? before.map((value, i) => value + values[i]) : values);
    }
    const all = [...groups].map(([key, values]) => ({ label: key, values }));
    // Of many only those that are something, most first.
    const some = all.filter(one => one.values.some(value => value > 0));
    return (some.length ? some : all.slice(0, 1)).sort((one, other) => (other.values.at(-1) || 0) - (one.values.at(-1) || 0)).slice(0, 6);
  }

  function rates(values) {
    return values.map((value, i) => i === 0 || value === null || values[i - 1] === null || value < values[i - 1] ? NaN : (value - values[i - 1]) / ((last.times[i] - last.times[i - 1]) / 1000));
  }

  function list() {
    const words = search.value.toLowerCase();
    fill(body, last.series.filter(one => `${one.name} ${one.help}`.toLowerCase().includes(words)).map(one => {
      const value = one.values.at(-1);
      return h('tr', { testid: 'metric-row', 'data-metric': one.name }, h('th', { scope: 'row', class: 'mono' }, one.name, copyButton(one.name)),
        h('td', { class: 'mono muted' }, Object.entries(one.labels).map(([key, label]) => `${key}=${label}`).join(' ')),
        h('td', { class: 'num', testid: 'metric-value', title: value === null ? '' : String(value) }, value === null ? '–' : Number.isInteger(value) ? count(value) : value.toPrecision(4)), h('td', { class: 'muted small-text' }, one.help));
    }));
  }

  await load();
  const timer = setInterval(load, 5000);
  return () => clearInterval(timer);
}
export { compact };
