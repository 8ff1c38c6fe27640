// A payload in five views, and an editor that takes the same five.
import { h, fill } from './dom.js';
import { copyButton } from './ui.js';
import { bytes as sizeOf } from './format.js';
import * as payload from './payload.js';
import * as json from './json.js';
import t from '../en.js';

export function payloadView(testid = 'payload') {
  let content = new Uint8Array();
  let chosen = null;
  let marks = new Set();
  const shown = h('pre', { class: 'payload', testid, tabindex: '0' });
  const size = h('span', { class: 'muted' });
  const buttons = payload.views.map(view => h('button', { type: 'button', class: 'small', 'aria-pressed': 'false', testid: `${testid}-${view}`, onclick: () => choose(view) }, t.payload[view]));
  const element = h('div', { class: 'payload-box' }, h('div', { class: 'bar tight' }, h('div', { class: 'segments' }, buttons), size, h('span', { class: 'grow' }), copyButton(() => shown.textContent)), shown);

  function choose(view) {
    chosen = view;
    draw();
  }

  function draw() {
    const view = chosen ?? payload.bestView(content);
    buttons.forEach((button, i) => button.setAttribute('aria-pressed', String(payload.views[i] === view)));
    size.textContent = sizeOf(content.length);
    const value = view === 'json' ? payload.asJson(content) : undefined;
    if (value !== undefined) fill(shown, tree(value, '', marks, 0));
    else fill(shown, payload.show(content, view) ?? t.payload.not(t.payload[view]));
  }

  return {
    element,
    // previous: bytes of the message before, to mark what has changed.
    set(next, previous) {
      content = next;
      const now = payload.asJson(next);
      const before = previous && payload.asJson(previous);
      marks = now !== undefined && before !== undefined && before !== null ? json.changed(before, now) : new Set();
      draw();
    },
  };
}

// Pretty JSON as nodes, so that single fields can be marked.
export function tree(value, path, marks, depth) {
  const pad = '  '.repeat(depth + 1);
  const end = '  '.repeat(depth);
  const mark = (at, nodes) => marks.has(at) ? h('mark', { testid: 'changed' }, nodes) : nodes;
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    return ['[\n', value.map((one, i) => [pad, mark(`${path}[${i}]`, tree(one, `${path}[${i}]`, marks, depth + 1)), i < value.length - 1 ? ',\n' : '\n']), `${end}]`];
  }
  if (json.isObject(value)) {
    const keys = Object.keys(value);
    if (keys.length === 0) return '{}';
    return ['{\n', keys.map((key, i) => {
      const at = path ? `${path}.${key}` : key;
      return [pad, mark(at, [h('span', { class: 'json-key' }, JSON.stringify(key)), ': ', tree(value[key], at, marks, depth + 1)]), i < keys.length - 1 ? ',\n' : '\n'];
    }), `${end}}`];
  }
  return h('span', { class: typeof value === 'string' ? 'json-text' : 'json-value' }, JSON.stringify(value));
}

export function payloadEditor(value = '', view = 'json', testid = 'payload-input') {
  const area = h('textarea', { class: 'mono', rows: '5', value, testid, spellcheck: 'false', 'aria-label': t.payload.label });
  const problem = h('div', { class: 'hint bad-text', testid: `${testid}-problem`, role: 'alert' });
  const choice = h('select', { testid: `${testid}-format`, 'aria-label': t.payload.format }, payload.views.map(one => h('option', { value: one, selected: one === view }, t.payload[one])));
  let present = view;
  choice.addEventListener('change', () => {
    // What is there goes along into the other form, when it can.
    try {
      const shown = payload.show(payload.parse(area.value, present), choice.value);
      if (shown !== null) area.value = shown;
    } catch { /* what cannot be read stays as it is */ }
    present = choice.value;
    check();
  });
  area.addEventListener('input', check);

  function check() {
    try {
      payload.parse(area.value, present);
      problem.textContent = '';
      area.removeAttribute('aria-invalid');
      return true;
    } catch (error) {
      const where = present === 'json' || present === 'cbor' ? json.check(area.value) : null;
      problem.textContent = where?.problem ? t.payload.jsonProblem(where.line, where.column, where.problem) : t.payload.problem(t.payload[present]);
      area.setAttribute('aria-invalid', 'true');
      return false;
    }
  }

  check();
  return {
    element: h('div', { class: 'field' }, h('div', { class: 'bar tight' }, h('span', { class: 'label' }, t.payload.label), h('span', { class: 'grow' }), choice), area, problem),
    check,
    read: () => payload.parse(area.value, present),
    get: () => ({ value: area.value, view: present }),
    set(next) {
      area.value = next.value;
      present = choice.value = next.view;
      check();
    },
  };
}
