// Line charts in SVG: a time axis, round values, and the number under the pointer.
import { s, h, fill } from './dom.js';
import { compact, time } from './format.js';

const height = 150;
const left = 52;
const bottom = 20;
const top = 8;

function nice(largest) {
  if (!(largest > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(largest));
  return [1, 2, 2.5, 5, 10].map(step => step * power).find(step => step >= largest);
}

const shown = value => Math.abs(value) < 10 && !Number.isInteger(value) ? String(Number(value.toPrecision(3))) : compact(value);

// series: [{ label, kind, values }] over the same times.
export function chart(testid, label, format = shown) {
  const svg = s('svg', { class: 'chart', role: 'img', 'aria-label': label });
  let width = 640;
  const legend = h('div', { class: 'legend' });
  const element = h('figure', { class: 'chart-box', testid }, h('figcaption', null, h('span', null, label), legend), svg);
  let last;
  // As wide as its place, so that letters and lines keep their form.
  new ResizeObserver(() => {
    if (!svg.clientWidth || svg.clientWidth === width) return;
    width = svg.clientWidth;
    if (last) update(last.times, last.series);
  }).observe(svg);
  svg.addEventListener('pointermove', event => point(event));
  svg.addEventListener('pointerleave', () => last && tell(last.times.length - 1));

  function update(times, series) {
    last = { times, series };
    svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
    const values = series.flatMap(one => one.values).filter(Number.isFinite);
    const most = nice(Math.max(...values, 0));
    const x = i => left + (times.length < 2 ? 0 : (times[i] - times[0]) / (times.at(-1) - times[0]) * (width - left - 4));
    const y = value => height - bottom - value / most * (height - bottom - top);
    fill(svg);
    for (const part of [0, 0.5, 1]) {
      svg.append(s('line', { class: 'grid', x1: left, x2: width, y1: y(most * part), y2: y(most * part) }));
      svg.append(s('text', { class: 'tick', x: left - 6, y: y(most * part) + 4, 'text-anchor': 'end' }, format(most * part)));
    }
    if (times.length > 1) {
      for (const part of [0, 0.5, 1]) {
        const i = Math.round((times.length - 1) * part);
        svg.append(s('text', { class: 'tick', x: x(i), y: height - 5, 'text-anchor': part === 0 ? 'start' : part === 1 ? 'end' : 'middle' }, time(times[i]).slice(0, 5)));
      }
    }
    series.forEach((one, n) => {
      let path = '';
      let pen = false;
      one.values.forEach((value, i) => {
        if (!Number.isFinite(value)) {
          pen = false;
          return;
        }
        path += `${pen ? 'L' : 'M'}${x(i).toFixed(1)} ${y(value).toFixed(1)}`;
        pen = true;
      });
      svg.append(s('path', { class: `line line-${n % 6}`, d: path }));
    });
    svg.append(s('line', { class: 'cursor', x1: -1, x2: -1, y1: top, y2: height - bottom }));
    tell(times.length - 1);
  }

  function tell(i) {
    fill(legend, last.series.map((one, n) => h('span', { class: `key key-${n % 6}` }, one.label && `${one.label} `,
      h('b', { testid: `${testid}-value` }, Number.isFinite(one.values[i]) ? format(one.values[i]) : '–'))));
  }

  function point(event) {
    if (!last || last.times.length < 2) return;
    const box = svg.getBoundingClientRect();
    const part = Math.min(1, Math.max(0, ((event.clientX - box.left) / box.width * width - left) / (width - left - 4)));
    const at = last.times[0] + part * (last.times.at(-1) - last.times[0]);
    let i = last.times.findIndex(one => one >= at);
    if (i < 0) i = last.times.length - 1;
    svg.querySelector('.cursor')?.setAttribute('x1', left + part * (width - left - 4));
    svg.querySelector('.cursor')?.setAttribute('x2', left + part * (width - left - 4));
    tell(i);
  }

  return { element, update };
}

// A line without axes, for a number that changes.
export function sparkline(values, label) {
  const svg = s('svg', { class: 'spark', viewBox: '0 0 120 28', role: 'img', 'aria-label': label, preserveAspectRatio: 'none' });
  if (values.length < 2) return svg;
  const least = Math.min(...values);
  const most = Math.max(...values);
  const points = values.map((value, i) => `${(i / (values.length - 1) * 118 + 1).toFixed(1)},${(26 - (most === least ? 0 : (value - least) / (most - least) * 24)).toFixed(1)}`);
  svg.append(s('polyline', { class: 'line line-0', points: points.join(' ') }));
  return svg;
}
