// One AMQP connection: a row for each device, with its links.
import { h, fill, text, keyed } from '../lib/dom.js';
import { live } from '../lib/live.js';
import { header, cli, empty, banner, button, later, fact, panel } from '../lib/ui.js';
import { count, ago } from '../lib/format.js';
import { unsettled } from './gateway.js';
import * as api from '../lib/api.js';
import t from '../en.js';

export const title = t.gateway.title;
const page = 100;

export function mount(root, context) {
  const g = t.gateway;
  const [number] = context.values;
  let prefix = context.query.get('prefix') ?? '';
  let after = context.query.get('after') ?? '';
  const trail = [];
  const heading = h('span', null, `#${number}`);
  const facts = h('dl', { class: 'facts' });
  const nodes = h('div', { class: 'links', testid: 'amqp-nodes' });
  const input = h('input', { type: 'search', value: prefix, placeholder: g.filter, 'aria-label': g.filter, testid: 'filter' });
  const none = h('div');
  const body = h('tbody', { testid: 'links' });
  const table = h('div', { class: 'scroll', tabindex: '0', hidden: true }, h('table', null, h('thead', null, h('tr', null,
    Object.entries(g.rows).map(([key, label]) => h('th', { scope: 'col', class: ['unsettled', 'rejected'].includes(key) ? 'num' : null }, label)))), body));
  const previous = button(t.previous, () => turn(trail.pop() ?? ''), { testid: 'previous', disabled: true });
  const next = button(t.next, () => {
    trail.push(after);
    turn(next.dataset.after);
  }, { testid: 'next', disabled: true });
  fill(root, h('p', { class: 'crumbs' }, h('a', { href: '/console/gateway' }, g.all)), header(heading, ''), panel('', facts, nodes),
    h('div', { class: 'bar' }, input, h('span', { class: 'grow' }), previous, next), none, table, cli(`curl ${location.origin}/v1/amqp/connections/${number}/links`));
  const stream = live(() => api.query('/v1/console/live/amqp-links', { number, prefix, after, limit: page }), {
    problem: problem,
    view: show,
  });
  input.addEventListener('input', later(() => {
    prefix = input.value;
    trail.length = 0;
    turn('');
  }, 100));

  function problem(error) {
    table.hidden = true;
    fill(none, error.status === 404 ? empty(g.gone, g.goneAdvice, h('a', { class: 'button', href: '/console/gateway' }, g.all)) : banner(g.failed, error));
  }

  function turn(to) {
    after = to;
    context.remember(api.query(`/console/gateway/${number}`, { prefix, after }));
    stream.restart();
  }

  function show(view) {
    const one = view.connection;
    text(heading, g.heading(one.container || `#${number}`));
    fill(facts, fact(g.columns.remote, one.remote, 'amqp-remote'), fact(g.columns.since, ago(one.since), 'amqp-since', { copy: '' }), fact(g.columns.devices, count(one.devices), 'amqp-devices', { copy: '' }),
      fact(g.columns.links, count(one.links), 'amqp-links', { copy: '' }), fact(g.columns.unsettled, count(one.unsettled), 'amqp-unsettled', { copy: '' }), fact(g.columns.rejected, count(one.rejected), 'amqp-rejected', { copy: '' }));
    const shown = JSON.stringify(view.nodes);
    if (nodes.dataset.shown !== shown) {
      nodes.dataset.shown = shown;
      fill(nodes, view.nodes.flatMap(node => node.links).map(chip));
    }
    next.disabled = !view.next;
    next.dataset.after = view.next ?? '';
    previous.disabled = trail.length === 0;
    fill(none, view.rows.length === 0 && empty(g.noRow, g.noRowAdvice));
    table.hidden = view.rows.length === 0;
    keyed(body, view.rows, row => row.name, make, update);
  }

  function make(row) {
    const cells = {};
    const cell = (key, kind) => cells[key] = h('td', { class: kind, 'data-label': g.rows[key], testid: `link-${key}` });
    const line = h('tr', { testid: 'link-row', 'data-name': row.name },
      h('th', { scope: 'row', class: 'mono' }, h('a', { href: `/console/things/${api.segment(row.name)}` }, row.name)),
      cell('links', 'links'), cell('unsettled', 'num'), cell('rejected', 'num'));
    line.cells_ = cells;
    return line;
  }

  function chip(link) {
    const kind = g.kinds[link.kind] ?? link.kind;
    return h('span', { class: 'badge', title: g.linkTitle(kind, link.direction, count(link.credit), count(link.unsettled)) }, g.link(kind, link.direction, count(link.credit)));
  }

  function update(line, row) {
    const cells = line.cells_;
    const shown = JSON.stringify(row.links.map(link => [link.kind, link.direction, link.credit]));
    if (cells.links.dataset.shown !== shown) {
      cells.links.dataset.shown = shown;
      fill(cells.links, row.links.map(chip));
    }
    unsettled(cells.unsettled, row);
    text(cells.rejected, count(row.rejected));
    cells.rejected.classList.toggle('warn-text', row.rejected > 0);
  }

  return () => stream.close();
}
