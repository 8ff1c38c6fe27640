// JSON with a place for its errors, and what differs between two documents.
export function check(input) {
  try {
    return { value: JSON.parse(input) };
  } catch {
    const { at, expected } = fault(input);
    const before = input.slice(0, at).split('\n');
    const found = at >= input.length ? 'the end' : JSON.stringify(input[at]);
    return { problem: `expected ${expected}, found ${found}`, line: before.length, column: before.at(-1).length + 1 };
  }
}

// Where JSON stops being JSON: browsers say that in words of their own, some without a place.
function fault(input) {
  const token = /\s*/y;
  const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
  let at = 0;
  class Stop extends Error {}
  const stop = expected => {
    throw Object.assign(new Stop(), { at, expected });
  };
  const skip = () => {
    token.lastIndex = at;
    at += token.exec(input)[0].length;
  };
  const take = pattern => {
    pattern.lastIndex = at;
    const found = pattern.exec(input);
    if (found) at = pattern.lastIndex;
    return found !== null;
  };
  const text = () => {
    if (take(string)) return;
    if (input[at] !== '"') stop('a text in quotes');
    // At the first character that may not be there: a control character, a bad escape, the end.
    for (at++; at < input.length && input[at] >= ' '; at++) if (input[at] === '\\' && !/^\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/.test(input.slice(at))) break; else if (input[at] === '\\') at++;
    stop('the end of the text');
  };
  const list = (end, item) => {
    at++;
    skip();
    if (input[at] === end) {
      at++;
      return;
    }
    for (;;) {
      item();
      skip();
      if (input[at] === end) break;
      if (input[at] !== ',') stop(`, or ${end}`);
      at++;
      skip();
    }
    at++;
  };
  const value = () => {
    skip();
    const first = input[at];
    if (first === '{') {
      list('}', () => {
        text();
        skip();
        if (input[at] !== ':') stop(':');
        at++;
        value();
      });
    } else if (first === '[') list(']', value);
    else if (first === '"') text();
    else {
      const word = ['true', 'false', 'null'].find(one => input.startsWith(one, at));
      if (word) at += word.length;
      else if (!take(number)) stop('a value');
    }
  };
  try {
    value();
    skip();
    stop('the end');
  } catch (error) {
    if (error instanceof Stop) return error;
    throw error;
  }
  return { at, expected: 'the end' };
}

const isObject = value => typeof value === 'object' && value !== null && !Array.isArray(value);

export function equal(one, other) {
  return JSON.stringify(sorted(one)) === JSON.stringify(sorted(other));
}

function sorted(value) {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.keys(value).sort().map(key => [key, sorted(value[key])]));
}

// Paths of the fields that differ, such as "a.b" or "list[2]".
export function changed(before, after, path = '', found = new Set()) {
  if (isObject(before) && isObject(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const at = path ? `${path}.${key}` : key;
      if (!(key in before) || !(key in after)) found.add(at);
      else changed(before[key], after[key], at, found);
    }
  } else if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    before.forEach((value, i) => changed(value, after[i], `${path}[${i}]`, found));
  } else if (!equal(before, after)) {
    found.add(path);
  }
  return found;
}

// Numbers in a document with their paths.
export function numbers(value, path = '', found = []) {
  if (typeof value === 'number') found.push([path || '(value)', value]);
  else if (isObject(value)) for (const key of Object.keys(value)) numbers(value[key], path ? `${path}.${key}` : key, found);
  return found;
}

// What of desired is equal in reported, as a patch of nulls; undefined when nothing is.
export function nullsForEqual(desired, reported) {
  const patch = {};
  for (const [key, wanted] of Object.entries(desired ?? {})) {
    const is = reported?.[key];
    if (isObject(wanted) && isObject(is)) {
      const below = nullsForEqual(wanted, is);
      if (below === undefined) continue;
      // When all of an object is equal, the object itself goes.
      patch[key] = equal(wanted, is) ? null : below;
    } else if (is !== undefined && equal(wanted, is)) {
      patch[key] = null;
    }
  }
  return Object.keys(patch).length ? patch : undefined;
}

export { isObject };

// What turns one document into another when a shadow merges it: absent members become null.
export function patchFor(before, after) {
  const patch = {};
  for (const key of new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])) {
    const old = before?.[key];
    const now = after?.[key];
    if (now === undefined) patch[key] = null;
    else if (old === undefined) patch[key] = now;
    else if (isObject(old) && isObject(now)) {
      const below = patchFor(old, now);
      if (below !== undefined) patch[key] = below;
    } else if (!equal(old, now)) patch[key] = now;
  }
  return Object.keys(patch).length ? patch : undefined;
}

export function at(document, path) {
  return path.split('.').reduce((value, key) => value?.[key], document);
}
