/*
 * Messages of almost a megabyte, which is what Socket.IO takes by default. Each is one way to keep a server busy.
 */

/** One large message. */
export interface LargeMessage {
  readonly title: string;
  /** The frames of the message, as they go over the wire. */
  readonly frames: readonly (string | Buffer)[];
  /** True for a message without an ack: it may also close the connection. */
  readonly isUnanswered?: boolean;
}

const BYTES = 990_000;
const ID = 1;

const repeat = (part: string, bytes = BYTES): string =>
  part.repeat(Math.floor(bytes / Buffer.byteLength(part)));
const list = (item: string, ...last: string[]): string =>
  `[${repeat(`${item},`, BYTES - last.join().length - 100)}${[item, ...last].join(',')}]`;
const keys = (value: string): string => {
  const parts: string[] = [];
  for (let bytes = 100, at = 0; bytes < BYTES; at++) {
    const part = `"key${at}":${value}`;
    parts.push(part);
    bytes += part.length + 1;
  }
  return parts.slice(0, -1).join(',');
};
const nested = (open: string, close: string, levels: number, inner = '1'): string =>
  open.repeat(levels) + inner + close.repeat(levels);

const event = (title: string, name: string, ...args: string[]): LargeMessage => ({
  title: `'${name}' with ${title}`,
  frames: [`42/x,${ID}[${[JSON.stringify(name), ...args].join(',')}]`],
});

const GOOD = '{"text":"tea"}';
const BAD = '{"text":1}';
const lines = (...items: [string, ...string[]]): string => `{"lines":${list(...items)}}`;

const VALIDATED: readonly LargeMessage[] = ['order', 'trimmed', 'schema', 'params'].flatMap((name) => [
  event('valid items', name, lines(GOOD)),
  event('an invalid item at the end', name, lines(GOOD, BAD)),
  event('invalid items', name, lines(BAD)),
  event('items with unknown keys, and an invalid one', name, lines('{"text":"a","x":1,"y":{"z":[]}}', BAD)),
  event('items that are no objects', name, lines('1')),
  event('many unknown keys', name, `{"lines":[],${keys('1')}}`),
  event('many unknown keys of objects', name, `{"lines":[${BAD}],${keys('{"a":{}}')}}`),
  event('deep objects', name, lines(nested('{"a":', '}', 50))),
  event('objects that are deeper than allowed', name, `{"lines":${nested('[', ']', 400_000, '')}}`),
  event('one long text', name, `{"lines":[{"text":"${repeat('x')}"}]}`),
]);

const TEXTS: Readonly<Record<string, string>> = {
  letters: repeat('x'),
  escapes: repeat('\\u0000'),
  'halves of characters': repeat('\\ud800'),
  emojis: repeat('😀'),
  'what looks like an address': repeat('a@'),
  'what makes regular expressions go back': `${repeat('a ', 40)}!`,
};

const OTHERS: readonly LargeMessage[] = [
  ...Object.entries(TEXTS).flatMap(([what, text]) => [
    event(what, 'text', `"${text}"`),
    event(
      `${what} in an object`,
      'contact',
      `{"email":"${text}","name":"${text.slice(0, 200)}","text":"${text.slice(0, 100)}"}`,
    ),
  ]),
  event('a deep tree', 'tree', nested('{"n":1,"children":[', ']}', 30, list('{"n":1}', '{"n":"1"}'))),
  event('valid items', 'lines', list(GOOD)),
  event('an invalid item at the end', 'lines', list(GOOD, BAD)),
  event('numbers', 'lines', list('1')),
  ...['echo', 'limited', 'unknown'].flatMap((name) => [
    event('many numbers', name, list('1')),
    event('many empty arrays', name, list('[]')),
    event('many arguments', name, list('1').slice(1, -1)),
    event('many keys', name, `{${keys('1')}}`),
    event('a number of a million digits', name, repeat('1')),
    event('deep arrays', name, nested('[', ']', 490_000, '')),
  ]),
  ...['call', 'call-many'].flatMap((name) => {
    const actions = {
      'a long name': `"${repeat('a')}"`,
      'a long name of segments': `"${repeat('a.')}"`,
      'a name that almost matches': `"${repeat('abcde')}"`,
    };
    return name === 'call'
      ? Object.entries(actions).map(([what, action]) => event(what, 'call', action, '{}'))
      : [
          event('many calls', 'call', list('["add",{"a":1,"b":2}]')),
          event('many malformed calls', 'call', list('1')),
          event('params of many keys', 'call', '"add"', `{${keys('1')}}`),
        ];
  }),
  { title: 'an event with a long name', frames: [`42/x,${ID}["${repeat('n')}",1]`] },
  { title: 'an event whose name is printed', frames: [`42/x,${ID}["${repeat('\\u202e')}",1]`] },
];

const PLACEHOLDER = '{"_placeholder":true,"num":0}';
const binary = (title: string, name: string, body: string, bytes: number): LargeMessage => ({
  title: `'${name}' with ${title}`,
  frames: [`451-/x,${ID}["${name}",${body}]`, Buffer.alloc(bytes, 1)],
});
const BINARY: readonly LargeMessage[] = [
  binary('bytes', 'bytes', PLACEHOLDER, BYTES),
  binary('bytes', 'echo', PLACEHOLDER, BYTES),
  binary('bytes where a class is expected', 'order', `{"lines":[${PLACEHOLDER}]}`, BYTES),
  binary('bytes where a text is expected', 'text', PLACEHOLDER, BYTES),
  binary('the same bytes at many places', 'order', `{"lines":${list(PLACEHOLDER)}}`, 1),
  binary('bytes among many numbers', 'order', list('1', PLACEHOLDER), 1),
  binary('bytes below many keys', 'unknown', `{${keys('1')},"b":${PLACEHOLDER}}`, 1),
];

const connect = (title: string, packet: string): LargeMessage => ({
  title: `a handshake with ${title}`,
  frames: [packet],
  isUnanswered: true,
});
const HANDSHAKES: readonly LargeMessage[] = [
  connect('many keys', `40/users/7,{${keys('1')}}`),
  connect('a long token', `40/users/7,{"token":"${repeat('x')}"}`),
  connect('a deep auth', `40/users/7,{"token":${nested('[', ']', 490_000, '')}}`),
  connect('a long name of a namespace', `40/${repeat('n')},`),
  connect('a long name that matches a pattern', `40/users/${repeat('n')},`),
  connect('a name of many segments', `40${repeat('/n')},`),
  connect('a name with a long query', `40/users/7?${repeat('a=b&')},`),
  { title: 'an ack that nothing waits for', frames: [`43/x,7${list('{"a":1}')}`], isUnanswered: true },
  {
    title: 'a chunk of no stream',
    frames: [`42/x,${ID}["$stream:chunk","s",0,${list('{"a":1}')}]`],
    isUnanswered: true,
  },
  { title: 'a packet that is none', frames: [`4${repeat('9')}`], isUnanswered: true },
];

/** Every message, by what it is. */
export const LARGE_MESSAGES: readonly LargeMessage[] = [...VALIDATED, ...OTHERS, ...BINARY, ...HANDSHAKES];
