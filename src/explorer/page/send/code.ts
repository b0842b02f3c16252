import { parseAuth } from '../clients/auth';
import { PAGE } from '../page-context';
import { toSource } from './to-source';

/** The event for which code is written. */
export interface Sending {
  /** The name of the namespace. */
  readonly namespace: string;
  /** The `auth` of the client, as JSON. */
  readonly auth: string;
  readonly event: string;
  readonly args: readonly unknown[];
  readonly ack: 'error-first' | 'object';
  readonly isSilent: boolean;
}

/** The library that code uses. */
export type CodeStyle = 'client' | 'socket.io-client';

/** Returns code that sends an event. */
export function codeOf(style: CodeStyle, sending: Sending): string {
  return style === 'client' ? clientCode(sending) : plainCode(sending);
}

function clientCode({ event, args, isSilent, ...connection }: Sending): string {
  const call = callOf([event, ...args]);
  return [
    "import { io } from 'socket.io-client';",
    ...(isSilent ? [] : ["import { typed } from 'moleculer-socket-gateway/client';"]),
    '',
    `const socket = ${connectionOf(connection)};`,
    ...(isSilent
      ? ['', `socket.emit(${call});`]
      : [
          'const client = typed(socket);',
          '',
          `const result = await client.call(${call});`,
          'console.log(result);',
        ]),
    '',
  ].join('\n');
}

function plainCode({ event, args, ack, isSilent, ...connection }: Sending): string {
  const call = callOf([event, ...args]);
  const listener =
    ack === 'object'
      ? [
          '(answer) => {',
          '  if (answer.ok) console.log(answer.data);',
          '  else console.error(answer.error);',
          '}',
        ]
      : ['(error, result) => {', '  if (error) console.error(error);', '  else console.log(result);', '}'];
  return [
    "import { io } from 'socket.io-client';",
    '',
    `const socket = ${connectionOf(connection)};`,
    '',
    isSilent ? `socket.emit(${call});` : `socket.emit(${call}, ${listener.join('\n')});`,
    '',
  ].join('\n');
}

function connectionOf({ namespace, auth }: Pick<Sending, 'namespace' | 'auth'>): string {
  const parsed = parseAuth(auth);
  const options = {
    ...(PAGE.socketPath !== '/socket.io' && { path: PAGE.socketPath }),
    ...('value' in parsed && { auth: parsed.value }),
  };
  const url = toSource(PAGE.origin + (namespace === '/' ? '' : namespace));
  return Object.keys(options).length === 0 ? `io(${url})` : `io(${url}, ${toSource(options)})`;
}

function callOf(args: readonly unknown[]): string {
  return args.map((value) => toSource(value)).join(', ');
}
