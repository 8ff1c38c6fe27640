import { h, fill, text } from '../lib/dom.js';
import { live } from '../lib/live.js';
import { header, cli, empty, banner, button, tabs, copyButton, confirm, dialog, field } from '../lib/ui.js';
import { ago, dateTime, moment, quote } from '../lib/format.js';
import { changed, check, at, equal, isObject, nullsForEqual, patchFor } from '../lib/json.js';
import * as api from '../lib/api.js';
import t from '../en.js';

export const title = t.shadow.title;
const mostUpdates = 20;

// A document with the time at which each field was set.
function annotated(value, metadata, path, marks, now) {
  return h('ul', { class: 'fields' }, Object.keys(value).map(key => {
    const where = path ? `${path}.${key}` : key;
    const below = value[key];
    const stamp = isObject(below) ? null : timeOf(metadata?.[key]);
    return h('li', { 'data-field': where, class: marks?.has(where) ? 'changed' : null },
      h('span', { class: 'json-key' }, key), isObject(below) ? annotated(below, metadata?.[key], where, marks, now) : [
        h('span', { class: `value ${typeof below === 'string' ? 'json-text' : 'json-value'}` }, JSON.stringify(below)),
        stamp && h('time', { title: dateTime(stamp * 1000), 'data-at': stamp * 1000 }, ago(stamp * 1000, now))]);
  }));
}

// An array has a list of times: the newest is its own.
function timeOf(metadata) {
  if (!metadata) return null;
  if (Array.isArray(metadata)) return Math.max(0, ...metadata.map(one => timeOf(one) ?? 0)) || null;
  return metadata.timestamp ?? Math.max(0, ...Object.values(metadata).map(one => timeOf(one) ?? 0));
}

export function mount(root, context) {
  const thing = context.values[0];
  const name = context.query.get('name') ?? '';
  const path = api.query(`/things/${api.segment(thing)}/shadow`, { name });
  const writes = context.may('operator');
  let view;
  let base = { version: 0, desired: {} };
  let dirty = false;
  const history = [];

  const names = h('div');
  const version = h('span', { class: 'muted', testid: 'shadow-version' });
  const told = h('div');
  const column = (key, lead) => {
    const body = h('div', { class: 'fields-box', testid: `shadow-${key}` });
    return [h('section', { class: `panel section-${key}` }, h('h2', null, t.shadow[key], copyButton(() => JSON.stringify(view?.state?.[key] ?? {}, null, 2))), h('p', { class: 'hint' }, lead), body), body];
  };
  const [desiredPanel, desiredBody] = column('desired', t.shadow.desiredLead);
  const [reportedPanel, reportedBody] = column('reported', t.shadow.reportedLead);
  const [deltaPanel, deltaBody] = column('delta', t.shadow.deltaLead);
  const area = h('textarea', { class: 'mono', rows: '8', testid: 'desired-input', spellcheck: 'false', 'aria-label': t.shadow.editor });
  const problem = h('div', { class: 'hint bad-text', testid: 'desired-problem', role: 'alert' });
  const save = button(t.shadow.save, send, { class: 'primary', testid: 'save-desired' });
  const revert = button(t.shadow.revert, () => take(true), { testid: 'revert' });
  const clear = button(t.shadow.clear, clearEqual, { testid: 'clear-equal', title: t.shadow.clearTitle });
  const remove = context.may('operator') && button(t.shadow.remove, drop, { class: 'danger', testid: 'delete-shadow' });
  const updates = h('tbody', { testid: 'updates' });
  const editor = h('section', { class: 'panel' }, h('h2', null, t.shadow.editor), h('p', { class: 'hint' }, t.shadow.editorLead), area, problem, h('div', { class: 'bar' }, save, revert, clear));
  const flag = name ? ` --name ${quote(name)}` : '';
  fill(root,
    h('p', { class: 'crumbs' }, h('a', { href: '/console/things' }, t.nav.things), ' / ', h('a', { href: `/console/things/${api.segment(thing)}` }, thing)),
    header(t.shadow.heading(thing), version, remove), names, told,
    h('div', { class: 'columns three' }, desiredPanel, deltaPanel, reportedPanel),
    writes && editor,
    h('section', { class: 'panel' }, h('h2', null, t.shadow.updates), h('div', { class: 'scroll', tabindex: '0' }, h('table', null, updates))),
    cli(`fairlead shadow get ${quote(thing)}${flag}`, `fairlead shadow set ${quote(thing)}${flag} desired.on=true`, `fairlead shadow watch ${quote(thing)}${flag}`));

  area.addEventListener('input', () => {
    dirty = true;
    validate();
  });

  function validate() {
    const read = check(area.value);
    const fault = read.problem ? t.payload.jsonProblem(read.line, read.column, read.problem) : isObject(read.value) ? '' : t.shadow.notObject;
    text(problem, fault);
    save.disabled = Boolean(fault);
    if (fault) area.setAttribute('aria-invalid', 'true');
    else area.removeAttribute('aria-invalid');
    revert.disabled = !dirty;
    return fault ? undefined : read.value;
  }

  // The editor follows the shadow until somebody types.
  function take(force) {
    if (dirty && !force) return;
    dirty = false;
    base = { version: view?.version ?? 0, desired: view?.state?.desired ?? {} };
    area.value = JSON.stringify(base.desired, null, 2);
    validate();
  }

  async function send() {
    const wanted = validate();
    if (wanted === undefined) return;
    const patch = patchFor(base.desired, wanted);
    fill(told);
    if (patch === undefined) {
      fill(told, banner(t.shadow.nothing, t.shadow.nothingWhy, 'warn'));
      return;
    }
    try {
      await api.post(path, { state: { desired: patch }, ...(base.version ? { version: base.version } : {}) });
      dirty = false;
      save.blur();
    } catch (error) {
      if (error.status === 409) await conflict(wanted);
      else fill(told, banner(t.shadow.failed, error));
    }
  }

  async function conflict(wanted) {
    const now = await api.get(path);
    const theirs = now.state?.desired ?? {};
    const paths = [...changed(base.desired, wanted)];
    const others = [...changed(base.desired, theirs)];
    const all = [...new Set([...paths, ...others])];
    const show = (document, where) => {
      const value = at(document, where);
      return value === undefined ? '–' : JSON.stringify(value);
    };
    fill(told, h('div', { class: 'banner warn', role: 'alert', testid: 'conflict' },
      h('strong', null, t.shadow.conflict(base.version, now.version)), h('span', null, t.shadow.conflictText),
      h('table', null, h('thead', null, h('tr', null, [t.shadow.field, t.shadow.yours, t.shadow.theirs].map(label => h('th', { scope: 'col' }, label)))),
        h('tbody', null, all.map(where => h('tr', { testid: 'conflict-row' }, h('th', { scope: 'row', class: 'mono' }, where), h('td', { class: 'mono', testid: 'yours' }, show(wanted, where)), h('td', { class: 'mono', testid: 'theirs' }, show(theirs, where)))))),
      h('div', { class: 'bar' }, button(t.shadow.takeTheirs, () => {
        fill(told);
        take(true);
      }, { testid: 'take-theirs' }), button(t.shadow.useMine, () => {
        base = { version: now.version, desired: theirs };
        fill(told);
        send();
      }, { class: 'danger', testid: 'use-mine' }))));
  }

  function clearEqual() {
    const nulls = nullsForEqual(view?.state?.desired, view?.state?.reported);
    if (!nulls) {
      fill(told, banner(t.shadow.nothingEqual, t.shadow.nothingEqualWhy, 'warn'));
      return;
    }
    const body = { state: { desired: nulls }, version: view.version };
    confirm(t.shadow.clear, h('div', null, h('p', null, t.shadow.clearText), h('pre', { class: 'payload', testid: 'clear-body' }, JSON.stringify(body, null, 2))), t.shadow.send, () => api.post(path, body));
  }

  function drop() {
    confirm(t.shadow.removeTitle, h('p', null, t.shadow.removeText), t.shadow.remove, () => api.del(path));
  }

  function addShadow() {
    const input = h('input', { required: true, pattern: '[A-Za-z0-9_:\\-]{1,64}', testid: 'new-shadow' });
    dialog(t.shadow.add, field(t.shadow.name, input, t.shadow.nameHint), [{ label: t.shadow.open, main: true, run: () => context.navigate(api.query(`/console/things/${api.segment(thing)}/shadow`, { name: input.value })) }]);
  }

  const stream = live(api.query('/v1/console/live/shadow', { thing, name }), {
    problem: error => fill(told, banner(t.shadow.failed, error)),
    view: next => {
      const before = view;
      view = next;
      const all = [...new Set(['', ...next.names, name])].sort();
      fill(names, h('div', { class: 'bar' }, tabs(all.map(one => [api.query(`/console/things/${api.segment(thing)}/shadow`, { name: one }), one || t.shadow.classic, `shadow-tab-${one || 'classic'}`]), api.query(`/console/things/${api.segment(thing)}/shadow`, { name })), writes && button('+', addShadow, { class: 'small', title: t.shadow.add })));
      if (!next.thingExists) fill(told, banner(t.shadow.noThing(thing), t.shadow.noThingWhy, 'warn'));
      text(version, next.version ? t.shadow.version(next.version) : t.shadow.none);
      if (remove) remove.disabled = !next.version;
      clear.disabled = !next.state?.desired;
      draw(before);
      note(before);
      take(false);
    },
  });

  function draw(before) {
    const now = Date.now();
    const section = (body, key, none) => {
      const value = view.state?.[key];
      const marks = before?.version && value && before.state?.[key] ? changed(before.state[key], value) : new Set();
      fill(body, value && Object.keys(value).length ? annotated(value, view.metadata?.[key === 'delta' ? 'desired' : key], '', marks, now) : h('p', { class: 'muted', testid: `no-${key}` }, none));
    };
    section(desiredBody, 'desired', t.shadow.noDesired);
    section(reportedBody, 'reported', t.shadow.noReported);
    section(deltaBody, 'delta', view.version ? t.shadow.noDelta : t.shadow.noneAdvice(thing));
    deltaPanel.classList.toggle('has-delta', Boolean(view.state?.delta));
  }

  function note(before) {
    if (!before || before.version === view.version) return;
    const changes = ['desired', 'reported'].flatMap(key => {
      const one = before.state?.[key] ?? {};
      const other = view.state?.[key] ?? {};
      return equal(one, other) ? [] : [...changed(one, other)].map(where => `${key}.${where}`.replace(/\.$/, ''));
    });
    history.unshift({ at: Date.now(), version: view.version, changes });
    history.length = Math.min(history.length, mostUpdates);
    fill(updates, history.map(one => h('tr', { testid: 'update' }, h('td', { class: 'nowrap' }, moment(one.at)), h('td', { class: 'nowrap' }, t.shadow.version(one.version ?? '–')), h('td', { class: 'mono reason' }, one.changes.join(', ') || '–'))));
  }

  fill(updates, h('tr', null, h('td', { class: 'muted' }, t.shadow.noUpdates)));
  const clock = setInterval(() => {
    for (const stamp of root.querySelectorAll('time[data-at]')) text(stamp, ago(Number(stamp.dataset.at)));
  }, 1000);
  return () => {
    clearInterval(clock);
    stream.close();
  };
}
export { empty };
