import { h, fill, text, keyed } from '../lib/dom.js';
import { live } from '../lib/live.js';
import { header, cli, empty, banner, button, badge, copyButton, confirm, later, toast, downloadFrom } from '../lib/ui.js';
import { ago, bytes, count, quote, rate, time } from '../lib/format.js';
import { fromBase64, asJson } from '../lib/payload.js';
import { numbers } from '../lib/json.js';
import { payloadView } from '../lib/payloadview.js';
import { showProperties } from '../lib/properties.js';
import { sparkline } from '../lib/chart.js';
import * as api from '../lib/api.js';
import t from '../en.js';

export const title = t.nav.topics;

export function mount(root, context) {
  let filter = context.query.get('filter') ?? '#';
  const open = new Set();
  let selected = context.query.get('topic') ?? '';
  let search = '';
  let paused = false;
  let watch;
  let messages = [];
  let shownNumber = null;
  // What belongs to a topic that is asked for by the address is open.
  selected.split('/').slice(0, -1).reduce((path, level) => {
    const at = path === null ? level : `${path}/${level}`;
    open.add(at);
    return at;
  }, null);

  const filterInput = h('input', { value: filter, 'aria-label': t.topics.filter, title: t.topics.filter, testid: 'topic-filter', class: 'mono short' });
  const searchInput = h('input', { type: 'search', placeholder: t.topics.search, 'aria-label': t.topics.search, testid: 'topic-search' });
  const pause = button(t.topics.pause, () => {
    paused = !paused;
    text(pause, paused ? t.topics.resume : t.topics.pause);
    pause.setAttribute('aria-pressed', String(paused));
    send();
  }, { testid: 'pause' });
  const exportButton = button(t.topics.export, () => downloadFrom(`/v1/console/topics/${watch}/export`, 'messages.ndjson'), { testid: 'export' });
  const numbersLine = h('div', { class: 'bar numbers' });
  const values = {};
  for (const key of ['topics', 'messages', 'rate', 'recorded', 'skipped']) {
    values[key] = h('b', { testid: `topics-${key}` }, '0');
    numbersLine.append(h('span', { class: 'muted' }, values[key], ` ${t.topics.counts[key]}`));
  }
  const told = h('div');
  const rows = h('div', { class: 'tree', role: 'tree', 'aria-label': t.topics.tree, testid: 'tree' });
  const detail = h('section', { class: 'panel detail', testid: 'topic-detail' });
  const command = h('div');
  fill(root,
    header(t.nav.topics, t.topics.lead),
    h('div', { class: 'bar' }, filterInput, searchInput, h('span', { class: 'grow' }), pause, exportButton),
    numbersLine, told,
    h('div', { class: 'columns tree-columns' }, h('section', { class: 'panel' }, rows), detail), command);

  const stream = live(() => api.query('/v1/console/topics', { filter }), {
    problem: error => fill(told, banner(t.topics.failed, error)),
    watch: opened => {
      watch = opened.watch;
      messages = [];
      send();
    },
    view: show,
    message: message => {
      if (message.topic !== selected) return;
      messages.push(message);
      if (messages.length > 100) messages.shift();
      drawMessages();
    },
  });

  const send = () => {
    if (!watch) return;
    api.post(`/v1/console/topics/${watch}`, { open: [...open], select: selected || null, search: search || null, paused }).catch(error => fill(told, banner(t.topics.failed, error)));
  };
  searchInput.addEventListener('input', later(() => {
    search = searchInput.value;
    send();
  }, 150));
  filterInput.addEventListener('change', () => {
    filter = filterInput.value || '#';
    remember();
    stream.restart();
  });
  rows.addEventListener('keydown', event => {
    const row = event.target.closest('.tree-row');
    if (!row) return;
    const all = [...rows.querySelectorAll('.tree-row')];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) all[all.indexOf(row) + step]?.focus();
    else if (event.key === 'ArrowRight' && !open.has(row.dataset.topic)) toggle(row.dataset.topic);
    else if (event.key === 'ArrowLeft' && open.has(row.dataset.topic)) toggle(row.dataset.topic);
    else if (event.key === 'Enter' || event.key === ' ') choose(row.dataset.topic);
    else return;
    event.preventDefault();
  });

  function remember() {
    context.remember(api.query('/console/topics', { filter: filter === '#' ? '' : filter, topic: selected }));
    fill(command, cli(`fairlead topic ls ${quote(filter)}`, `fairlead topic diff ${quote(selected || filter)}`, `fairlead sub -t ${quote(selected || filter)} -v`, `fairlead retained get ${quote(selected || 'TOPIC')}`));
  }

  function toggle(path) {
    if (open.has(path)) open.delete(path);
    else open.add(path);
    send();
  }

  function choose(path) {
    selected = path;
    messages = [];
    shownNumber = null;
    buildDetail();
    remember();
    send();
  }

  function show(view) {
    text(values.topics, count(view.topics));
    text(values.messages, count(view.messages));
    text(values.rate, rate(view.rate));
    text(values.recorded, count(view.recorded));
    text(values.skipped, count(view.skipped + view.missed));
    values.skipped.classList.toggle('warn-text', view.skipped + view.missed > 0);
    const levels = new Map(view.levels.map(level => [level.path, level]));
    const lines = [];
    const walk = (path, depth) => {
      const level = levels.get(path);
      if (!level) return;
      for (const row of level.rows) {
        lines.push({ ...row, depth, found: Boolean(search) });
        if (!search && open.has(row.path)) walk(row.path, depth + 1);
      }
      if (level.more) lines.push({ path: `${path}\u0000more`, more: level.more, depth });
    };
    walk('', 0);
    fill(told, view.full && banner(t.topics.full, t.topics.fullWhy, 'warn'));
    if (lines.length === 0) fill(rows, search ? empty(t.topics.noMatch, t.topics.noMatchAdvice) : empty(t.topics.none, t.topics.noneAdvice, h('a', { class: 'button', href: '/console/test' }, t.nav.test)));
    else {
      rows.querySelector('.empty')?.remove();
      keyed(rows, lines, line => line.path, make, update);
    }
    if (lines.length === 0) rows.rows_?.clear();
    if (view.selected) drawSelected(view.selected);
  }

  function make(line) {
    if (line.more) return h('div', { class: 'tree-more muted' });
    const cells = { twist: h('button', { type: 'button', class: 'twist', tabindex: '-1', 'aria-hidden': 'true', onclick: event => {
      event.stopPropagation();
      toggle(line.path);
    } }), name: h('span', { class: 'tree-name mono' }), flags: h('span'), value: h('span', { class: 'tree-value mono' }), count: h('span', { class: 'num muted' }), rate: h('span', { class: 'num muted' }) };
    const row = h('div', { class: 'tree-row', role: 'treeitem', tabindex: '0', 'data-topic': line.path, testid: 'topic-row', onclick: () => choose(line.path), ondblclick: () => toggle(line.path) },
      cells.twist, cells.name, cells.flags, cells.value, cells.count, cells.rate);
    row.cells_ = cells;
    return row;
  }

  function update(row, line) {
    if (line.more) {
      text(row, t.topics.more(count(line.more)));
      row.className = `tree-more muted depth-${Math.min(line.depth, 8)}`;
      return;
    }
    const { cells_: cells } = row;
    row.className = `tree-row depth-${Math.min(line.depth, 8)}${line.path === selected ? ' selected' : ''}`;
    row.setAttribute('aria-selected', String(line.path === selected));
    row.setAttribute('aria-level', String(line.depth + 1));
    if (line.below && !line.found) row.setAttribute('aria-expanded', String(open.has(line.path)));
    else row.removeAttribute('aria-expanded');
    text(cells.twist, line.below && !line.found ? (open.has(line.path) ? '▾' : '▸') : '');
    text(cells.name, line.found ? line.path : line.name || t.topics.emptyLevel);
    text(cells.flags, line.retained ? t.topics.retained : line.below && line.topics > 1 ? t.topics.below(count(line.topics)) : '');
    cells.flags.className = line.retained ? 'badge' : 'muted small-text';
    text(cells.value, line.value ?? (line.size ? bytes(line.size) : ''));
    text(cells.count, count(line.total));
    text(cells.rate, line.rate ? t.topics.perSecond(rate(line.rate)) : '');
  }

  const view = payloadView('topic-payload');
  const facts = h('span', { class: 'muted', testid: 'topic-facts' });
  const retainedBadge = h('span');
  const list = h('tbody', { testid: 'topic-messages' });
  const charts = h('div', { class: 'sparks', testid: 'topic-charts' });
  const properties = h('div');
  const last = h('div', { class: 'hint' });

  function buildDetail() {
    if (!selected) {
      fill(detail, empty(t.topics.choose, t.topics.chooseAdvice));
      return;
    }
    fill(list);
    fill(charts);
    fill(properties);
    fill(last);
    fill(detail,
      h('div', { class: 'bar' }, h('h2', { class: 'mono wrap' }, selected), copyButton(selected), retainedBadge, h('span', { class: 'grow' }),
        h('a', { class: 'button small', href: api.query('/console/test', { filter: selected }) }, t.nav.test),
        context.may('operator') && button(t.topics.deleteRetained, deleteRetained, { class: 'small danger', testid: 'delete-retained' })),
      facts, view.element, last, properties, charts, h('div', { class: 'scroll messages', tabindex: '0' }, h('table', null, list)));
    view.set(new Uint8Array());
  }

  function drawSelected(row) {
    text(facts, t.topics.facts(count(row.own), rate(row.rate), row.at ? ago(row.at) : '–'));
    fill(retainedBadge, row.retained && badge(t.topics.retained, 'ok', 'retained'));
    if (messages.length === 0 && row.value !== undefined && row.value !== null && shownNumber === null) view.set(new TextEncoder().encode(row.value));
  }

  const drawMessages = later(() => {
    const newest = messages.at(-1);
    if (!newest) return;
    if (shownNumber === null || !messages.some(one => one.number === shownNumber) || list.dataset.follow !== 'no') showMessage(newest);
    keyed(list, [...messages].reverse().slice(0, 50), one => one.number, one => h('tr', { testid: 'topic-message', class: 'choosable', tabindex: '0', onclick: () => pick(one), onkeydown: event => event.key === 'Enter' && pick(one) },
      h('td', { class: 'nowrap' }, time(one.at, true)), h('td', null, `QoS ${one.qos}`), h('td', null, one.retain ? badge(t.topics.retained) : ''), h('td', { class: 'num' }, bytes(one.size)), h('td', { class: 'mono' }, one.clientId ?? '')),
    (row, one) => row.classList.toggle('selected', one.number === shownNumber));
    const series = new Map();
    for (const one of messages) {
      const value = asJson(fromBase64(one.payload));
      if (value === undefined) continue;
      for (const [path, number] of numbers(value).slice(0, 8)) series.set(path, [...series.get(path) ?? [], number]);
    }
    fill(charts, [...series].filter(([, all]) => all.length > 1).slice(0, 6).map(([path, all]) => h('figure', { class: 'spark-box', testid: 'topic-chart' },
      h('figcaption', null, h('span', { class: 'mono' }, path), ' ', h('b', null, all.at(-1))), sparkline(all, path))));
  }, 60);

  function pick(one) {
    list.dataset.follow = one === messages.at(-1) ? 'yes' : 'no';
    showMessage(one);
    for (const row of list.children) row.classList.remove('selected');
    drawMessages();
  }

  function showMessage(one) {
    shownNumber = one.number;
    const before = messages[messages.indexOf(one) - 1];
    view.set(fromBase64(one.payload), before && fromBase64(before.payload));
    text(last, before ? t.topics.marked : '');
    fill(properties, showProperties(one.properties));
  }

  async function deleteRetained() {
    try {
      const { messages: found } = await api.post('/v1/console/retained/delete', { topic: selected, count: true });
      if (found === 0) {
        toast(t.topics.nothingRetained);
        return;
      }
      confirm(t.topics.deleteTitle, h('p', { testid: 'delete-says' }, t.topics.deleteText(count(found), selected)), t.topics.deleteRetained, async () => {
        const done = await api.post('/v1/console/retained/delete', { topic: selected, count: false });
        toast(t.topics.deleted(count(done.messages)));
      });
    } catch (error) {
      fill(told, banner(t.topics.deleteFailed, error));
    }
  }

  buildDetail();
  remember();
  return () => stream.close();
}
