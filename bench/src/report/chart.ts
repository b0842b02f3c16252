import { findRow, ratioOf, type Row, type Table } from '../results';
import type { Spread } from '../statistics';
import type { Environment } from './environment';

/*
 * The chart of the README: one bar per implementation, in groups of what the event does; below, everything else as a multiple of
 * what one would use instead. An SVG without scripts and
 * fonts of its own; its colours follow the reader's scheme, and its background is its own, so that it can be read
 * also where the page around it follows another.
 */

const WIDTH = 860;
const LABELS = 316;
const BARS = 372;
const MARGIN = 28;
const BAR = 20;
const LINE = 32;

interface Bar {
  readonly table: string;
  readonly row: string;
  readonly label: string;
  readonly kind: 'floor' | 'own' | 'other';
}
interface Section {
  readonly title: string;
  readonly bars: readonly Bar[];
}

const SECTIONS: readonly Section[] = [
  {
    title: 'A handler that calls an action',
    bars: [
      { table: 'handler', row: 'floor', label: 'plain socket.io', kind: 'floor' },
      { table: 'handler', row: 'add', label: 'moleculer-socket-gateway', kind: 'own' },
      { table: 'handler', row: 'nest', label: 'NestJS', kind: 'other' },
    ],
  },
  {
    title: 'Clients call an action: alias, whitelist, hooks',
    bars: [
      { table: 'proxy', row: 'floor', label: 'plain socket.io, none of it', kind: 'floor' },
      { table: 'proxy', row: 'call', label: 'moleculer-socket-gateway', kind: 'own' },
      { table: 'proxy', row: 'moleculer-io', label: 'moleculer-io', kind: 'other' },
    ],
  },
  {
    title: 'A nested payload validated, roles, user, hooks',
    bars: [
      { table: 'everything', row: 'floor', label: 'plain socket.io, none of it', kind: 'floor' },
      { table: 'everything', row: 'order', label: 'moleculer-socket-gateway', kind: 'own' },
      {
        table: 'everything',
        row: 'nest',
        label: 'NestJS: ValidationPipe, guard, interceptor',
        kind: 'other',
      },
    ],
  },
];

/** Something that is shown as a multiple of what one would use instead. */
interface Multiple {
  readonly table: string;
  readonly row: string;
  /** The row of what one would use instead. Default: the first. */
  readonly of?: string;
  readonly label: string;
  readonly instead: string;
}

const MULTIPLES: readonly Multiple[] = [
  { table: 'idle-heap', row: 'idle', label: 'heap of an idle connection', instead: 'plain socket.io' },
  { table: 'crowd-rss', row: 'add', label: 'memory, 10,000 connections', instead: 'plain socket.io' },
  { table: 'connecting', row: 'connect', label: 'a connection with a user', instead: 'nsp.use' },
  { table: 'storm', row: 'connect', label: '2,000 clients at once, time', instead: 'nsp.use' },
  { table: 'presence-joins', row: 'rooms', label: 'a user with presence', instead: 'one without' },
  { table: 'broadcast', row: 'push', label: 'a broadcast to 1,000 clients', instead: 'io.emit' },
  { table: 'cluster', row: 'moleculer', label: 'a broadcast of three nodes', instead: 'Redis adapter' },
  { table: 'request', row: 'moleculer', label: 'a call to a client elsewhere', instead: 'Redis adapter' },
  { table: 'upload-time', row: 'streams-of-node', label: 'an upload, time', instead: 'plain chunks' },
  { table: 'download-time', row: 'generator', label: 'a download, time', instead: 'plain chunks' },
  {
    table: 'client',
    row: 'typed',
    of: 'emit-with-ack-timeout',
    label: 'a call of the typed client',
    instead: 'emitWithAck',
  },
  {
    table: 'require',
    row: 'gateway',
    label: 'require of the package',
    instead: 'what it needs alone',
  },
];

const MULTIPLE_LABELS = 340;
const SMALL_LINE = 26;
const VALUE_WIDTH = 50;
const SMALL_BAR = 14;

const STYLE = `
.card { fill: #ffffff; stroke: #d8dee4 } .title { font-size: 17px; font-weight: 600; fill: #1f2328 }
.sub { font-size: 12.5px; fill: #59636e } .section { font-size: 13.5px; font-weight: 600; fill: #1f2328 }
.label { font-size: 13px; fill: #59636e } .label.own { fill: #1f2328; font-weight: 600 }
.value { font-size: 13px; fill: #1f2328; font-variant-numeric: tabular-nums } .times { fill: #59636e }
.floor { fill: #b4bcc5 } .own-bar { fill: #0e8a80 } .other { fill: #c98a4b }
.whisker { stroke: #1f2328; stroke-width: 1.5; opacity: 0.55 } .one { stroke: #59636e; stroke-dasharray: 3 3 }
@media (prefers-color-scheme: dark) {
.card { fill: #12171d; stroke: #303842 } .title, .section, .value, .label.own { fill: #e8edf2 }
.sub, .label, .times { fill: #98a3af } .floor { fill: #56606b } .own-bar { fill: #2fb5a8 } .other { fill: #b87f48 }
.whisker { stroke: #e8edf2 } .one { stroke: #98a3af }
}`.trim();

/** Draws the chart of what was measured; what was not measured is left out. */
export function chart(tables: readonly Table[], { node, packages }: Environment): string {
  const sections = SECTIONS.map(({ title, bars }) => ({
    title,
    bars: bars.flatMap((bar) => {
      const row = findRow(tables, bar.table, bar.row);
      return row ? [{ ...bar, measured: row }] : [];
    }),
  })).filter(({ bars }) => bars.length > 0);
  const longest = Math.max(
    ...sections.flatMap(({ bars }) => bars.map(({ measured }) => measured.value.high)),
  );
  const scale = BARS / longest;

  const parts: string[] = [];
  let y = 110;
  for (const { title, bars } of sections) {
    parts.push(text(MARGIN, y, 'section', title));
    y += 14;
    for (const { label, kind, measured } of bars) {
      parts.push(...barAt(y, label, kind, measured, scale));
      y += LINE;
    }
    y += 30;
  }
  const multiples = MULTIPLES.flatMap((multiple) => {
    const ratio = ratioIn(tables, multiple);
    return ratio ? [{ ...multiple, ratio }] : [];
  });
  if (multiples.length > 0) {
    parts.push(...multiplesAt(y + 16, multiples));
    y += 16 + 66 + multiples.length * SMALL_LINE + 20;
  }
  const height = y - 8;
  const described = sections
    .flatMap(({ title, bars }) =>
      bars.map(({ label, measured }) => `${title}, ${label}: ${measured.value.median.toFixed(1)} µs`),
    )
    .concat(
      multiples.map(
        ({ label, instead, ratio }) => `${label}: ${ratio.median.toFixed(2)} times that of ${instead}`,
      ),
    )
    .join('; ');
  const versions = `Node ${node.slice(1)}, socket.io ${String(packages['socket.io'])}, moleculer ${String(packages['moleculer'])}, moleculer-io ${String(packages['moleculer-io'])}, NestJS ${String(packages['@nestjs/core'])}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title description" font-family="ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif">
<title id="title">Server CPU per event</title>
<desc id="description">${escaped(described)}</desc>
<style>${STYLE}</style>
<rect class="card" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="10"/>
${text(MARGIN, 38, 'title', 'Server CPU per acknowledged event, in microseconds')}
${text(MARGIN, 58, 'sub', 'Less is better. The lines show the middle half of all rounds.')}
${text(MARGIN, 76, 'sub', versions)}
${parts.join('\n')}
</svg>
`;
}

function ratioIn(tables: readonly Table[], { table, row, of }: Multiple): Spread | undefined {
  const measured = findRow(tables, table, row);
  if (!measured || of === undefined) return measured?.ratio;
  const instead = findRow(tables, table, of);
  return instead && ratioOf(measured.samples, instead.samples);
}

function multiplesAt(top: number, multiples: readonly (Multiple & { readonly ratio: Spread })[]): string[] {
  const start = MARGIN + MULTIPLE_LABELS;
  const scale =
    (BARS + LABELS - MULTIPLE_LABELS) / Math.max(1.5, ...multiples.map(({ ratio }) => ratio.high));
  const one = start + scale;
  const first = top + 48;
  const parts = [
    text(MARGIN, top, 'title', 'Everything else, as a multiple of what one would use instead'),
    text(
      MARGIN,
      top + 20,
      'sub',
      'Less is better. 1.00 is as much as that. CPU, where it is not time or memory.',
    ),
    `<path class="one" d="M${one.toFixed(1)} ${first - 4}V${first + multiples.length * SMALL_LINE + 4}"/>`,
  ];
  multiples.forEach(({ label, instead, ratio }, at) => {
    const middle = first + at * SMALL_LINE + SMALL_LINE / 2;
    let end = start + Math.max(ratio.median, ratio.high) * scale + 10;
    // The line does not go through a figure.
    if (end < one && end + VALUE_WIDTH > one) end = one + 10;
    parts.push(
      `<text class="label own" x="${MARGIN}" y="${middle + 4.5}">${escaped(label)}<tspan class="times" font-weight="400" dx="6">of ${escaped(instead)}</tspan></text>`,
      `<rect class="own-bar" x="${start}" y="${middle - SMALL_BAR / 2}" width="${(ratio.median * scale).toFixed(1)}" height="${SMALL_BAR}" rx="3"/>`,
      `<path class="whisker" d="M${(start + ratio.low * scale).toFixed(1)} ${middle}H${(start + ratio.high * scale).toFixed(1)}"/>`,
      `<text class="value" x="${end.toFixed(1)}" y="${middle + 4.5}">${ratio.median.toFixed(2)} ×</text>`,
    );
  });
  return parts;
}

function barAt(y: number, label: string, kind: Bar['kind'], { value, ratio }: Row, scale: number): string[] {
  const middle = y + LINE / 2;
  const start = MARGIN + LABELS;
  const width = value.median * scale;
  const own = kind === 'own' ? ' own' : '';
  const times =
    ratio && kind !== 'floor' ? `<tspan class="times" dx="8">${ratio.median.toFixed(2)} ×</tspan>` : '';
  const after = start + Math.max(width, value.high * scale) + 10;
  return [
    text(MARGIN, middle + 4.5, `label${own}`, label),
    `<rect class="${kind === 'own' ? 'own-bar' : kind}" x="${start}" y="${middle - BAR / 2}" width="${width.toFixed(1)}" height="${BAR}" rx="3"/>`,
    `<path class="whisker" d="M${(start + value.low * scale).toFixed(1)} ${middle}H${(start + value.high * scale).toFixed(1)}"/>`,
    `<text class="value" x="${after.toFixed(1)}" y="${middle + 4.5}">${value.median.toFixed(1)}${times}</text>`,
  ];
}

function text(x: number, y: number, style: string, content: string): string {
  return `<text class="${style}" x="${x}" y="${y}">${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
