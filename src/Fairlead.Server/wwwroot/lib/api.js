// The hub's public HTTP API, with the session's cookie as proof.
export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const events = new EventTarget();

export async function request(method, path, body, options = {}) {
  let answer;
  try {
    answer = await fetch(path, {
      method,
      body: body === undefined || body instanceof Uint8Array || typeof body === 'string' ? body : JSON.stringify(body),
      headers: { ...(body === undefined ? {} : { 'Content-Type': 'application/json' }), ...options.headers },
      credentials: 'same-origin',
      cache: 'no-store',
      signal: options.signal,
    });
  } catch (error) {
    if (error.name === 'AbortError') throw error;
    throw new ApiError(0, 'unreachable', '');
  }
  if (!answer.ok) throw await problem(answer);
  return answer;
}

export async function problem(answer) {
  let document = {};
  try {
    document = await answer.json();
  } catch { /* not every proxy answers in JSON */ }
  if (answer.status === 401 || answer.status === 403) events.dispatchEvent(new Event('refused'));
  return new ApiError(answer.status, answer.headers.get('x-amzn-ErrorType') ?? document.code ?? '', document.message ?? document.Message ?? answer.statusText);
}

async function json(method, path, body) {
  const answer = await request(method, path, body);
  const content = await answer.text();
  return content ? JSON.parse(content) : {};
}

export const get = path => json('GET', path);
export const post = (path, body) => json('POST', path, body ?? {});
export const put = (path, body) => json('PUT', path, body ?? {});
export const patch = (path, body) => json('PATCH', path, body ?? {});
export const del = path => json('DELETE', path);

export function query(path, parameters) {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined && one !== null && one !== '') pairs.append(name, one);
    }
  }
  const tail = pairs.toString().replaceAll('+', '%20');
  return tail ? `${path}?${tail}` : path;
}

export const segment = encodeURIComponent;
