import { h, fill } from '../lib/dom.js';
import { header, cli, empty, badge, banner, button, later, dialog, field, copyButton, toast } from '../lib/ui.js';
import { moment } from '../lib/format.js';
import { isName } from '../lib/kit.js';
import * as api from '../lib/api.js';
import t from '../en.js';

export const title = t.nav.things;

// Words are parts of names; what has a colon is a query of the fleet index as it stands.
function queryOf(input, connected) {
  const words = input.trim();
  const base = !words ? '*' : /[:*"]/.test(words) ? words : `thingName:${words}*`;
  if (!connected) return base;
  const condition = `connectivity.connected:${connected}`;
  return base === '*' ? condition : `${base} AND ${condition}`;
}

export async function mount(root, context) {
  let next = context.query.get('next') ?? '';
  const trail = [];
  const input = h('input', { type: 'search', value: context.query.get('q') ?? '', placeholder: t.things.search, 'aria-label': t.things.search, testid: 'thing-search' });
  const connected = h('select', { testid: 'thing-connected', 'aria-label': t.things.state }, [['', t.things.all], ['true', t.things.connected], ['false', t.things.notConnected]].map(([value, label]) =>
    h('option', { value, selected: value === (context.query.get('connected') ?? '') }, label)));
  const told = h('div');
  const body = h('tbody');
  const table = h('div', { class: 'scroll', tabindex: '0' }, h('table', null,
    h('thead', null, h('tr', null, ['name', 'state', 'type', 'groups', 'attributes'].map(key => h('th', { scope: 'col' }, t.things.columns[key])))), body));
  const previous = button(t.previous, () => {
    next = trail.pop() ?? '';
    find();
  }, { testid: 'previous' });
  const following = button(t.next, () => {
    trail.push(next);
    next = following.dataset.next;
    find();
  }, { testid: 'next' });
  const command = h('div');
  fill(root,
    header(t.nav.things, t.things.lead,
      context.may('admin') && button(t.things.create, create, { testid: 'create' }),
      h('a', { class: 'button primary', href: '/console/start' }, t.things.createWithKit)),
    h('div', { class: 'bar' }, input, connected, h('span', { class: 'grow' }), previous, following),
    h('p', { class: 'hint' }, t.things.hint), told, table, command);
  const begin = later(() => {
    next = '';
    trail.length = 0;
    find();
  });
  input.addEventListener('input', begin);
  connected.addEventListener('change', begin);
  await find();

  async function find() {
    const query = queryOf(input.value, connected.value);
    context.remember(api.query('/console/things', { q: input.value, connected: connected.value, next }));
    const prefix = /^[A-Za-z0-9_.:-]+$/.test(input.value.trim()) && !input.value.includes(':') ? ` --prefix ${input.value.trim()}` : '';
    fill(command, cli(`fairlead thing ls${prefix}`));
    try {
      const found = await api.post('/indices/search', { queryString: query, maxResults: 50, nextToken: next || undefined });
      show(found.things ?? [], found.nextToken);
    } catch (error) {
      table.hidden = true;
      fill(told, banner(t.things.failed, error));
    }
  }

  function show(things, token) {
    following.disabled = !token;
    following.dataset.next = token ?? '';
    previous.disabled = trail.length === 0;
    table.hidden = things.length === 0;
    fill(told, things.length === 0 && (input.value || connected.value
      ? empty(t.things.noMatch, t.things.noMatchAdvice)
      : empty(t.things.none, t.things.noneAdvice, h('a', { class: 'button primary', href: '/console/start' }, t.nav.start))));
    fill(body, things.map(thing => h('tr', { testid: 'thing-row', 'data-thing': thing.thingName },
      h('th', { scope: 'row' }, h('a', { class: 'mono', href: `/console/things/${api.segment(thing.thingName)}` }, thing.thingName), copyButton(thing.thingName)),
      h('td', null, thing.connectivity?.connected ? badge(t.things.connected, 'ok') : h('span', { class: 'muted' }, thing.connectivity?.timestamp > 0 ? t.things.since(moment(thing.connectivity.timestamp)) : t.things.never)),
      h('td', null, thing.thingTypeName ?? ''),
      h('td', null, (thing.thingGroupNames ?? []).join(', ')),
      h('td', { class: 'mono small-text' }, Object.entries(thing.attributes ?? {}).map(([name, value]) => `${name}=${value}`).join(' ')))));
  }

  function create() {
    const name = h('input', { required: true, testid: 'new-thing', spellcheck: 'false' });
    const attributes = h('textarea', { rows: '3', class: 'mono', placeholder: 'room=hall', testid: 'new-attributes' });
    dialog(t.things.create, h('div', { class: 'stack' }, field(t.things.columns.name, name), field(t.things.columns.attributes, attributes, t.things.attributesHint)), [{
      label: t.things.create, main: true, testid: 'new-thing-save', failed: t.things.createFailed,
      run: async () => {
        if (!isName(name.value)) throw new api.ApiError(400, 'InvalidName', t.start.badName);
        const pairs = Object.fromEntries(attributes.value.split('\n').map(line => line.trim()).filter(Boolean).map(line => line.split(/=(.*)/s).slice(0, 2)));
        await api.post(`/things/${api.segment(name.value)}`, { attributePayload: { attributes: pairs } });
        toast(t.things.created(name.value));
        context.navigate(`/console/things/${api.segment(name.value)}`);
      },
    }]);
  }
}
