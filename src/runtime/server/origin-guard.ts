import type { IncomingMessage } from 'node:http';
import type { ServerOptions } from 'socket.io';
import type { Report } from '../errors/run-safely';
import { ask, UNCHECKED, type Handshake, type Verdict } from './ask-application';
import { compileDecision, type Decide } from './decide-origin';
import { compileOrigins, type CorsOptions } from './match-origin';

type Cors = NonNullable<ServerOptions['cors']>;
type AllowRequest = NonNullable<ServerOptions['allowRequest']>;

/** Keeps the decisions of functions about a request: CORS asks first, and each function runs once. */
const verdicts = new WeakMap<IncomingMessage, string | null>();

/**
 * Guards the handshake of every transport. CORS alone is a matter between a browser and a page, and browsers do not
 * ask it about websockets.
 *
 * @param cors the setting: its `origin` decides; without one any origin passes
 * @param allowRequest the user's own guard, asked when the origin is allowed
 * @param timeoutMs milliseconds in which functions must answer
 * @returns undefined if any handshake passes
 */
export function guardHandshake(
  cors: Cors | undefined,
  allowRequest: AllowRequest | undefined,
  timeoutMs: number,
  report: Report,
): AllowRequest | undefined {
  const decide = compileCors(cors);
  if (!decide && !allowRequest) return undefined;
  return (request, answer) => {
    const handshake = { request, timeoutMs, report };
    const verdict: Verdict = (refused) => {
      // The client may have disconnected in the meantime; do not wait for it.
      if (request.socket.destroyed) answer('the client has gone', false);
      else answer(refused, refused === null);
    };
    checkOrigin(decide, handshake, (refused) => {
      if (refused !== null || !allowRequest) verdict(refused);
      else {
        ask('allowRequest', handshake, verdict, (say) =>
          allowRequest(request, (why, success) => {
            say(success ? null : typeof why === 'string' ? why : UNCHECKED);
          }),
        );
      }
    });
  };
}

/** Returns the `origin` option for CORS. It decides as the handshake does. `'*'` stays, so that responses can be cached. */
export function corsOptions(cors: Cors | undefined, timeoutMs: number, report: Report): Cors | undefined {
  if (cors === undefined) return undefined;
  if (typeof cors !== 'function' && typeof cors.origin !== 'function') {
    const { origin } = cors;
    if (origin === undefined || origin === '*' || origin === true) return cors;
    const matches = compileOrigins(origin);
    return {
      ...cors,
      origin: (name, answer) => {
        answer(null, name !== undefined && matches(name));
      },
    };
  }
  const delegate = (request: IncomingMessage, answer: (error: null, options: CorsOptions) => void): void => {
    const handshake = { request, timeoutMs, report };
    resolveCors(cors, handshake, (options) => {
      if (!options) verdicts.set(request, UNCHECKED);
      if (request.headers.origin === undefined || !options) answer(null, { ...options, origin: false });
      else {
        compileDecision(options.origin)(request.headers.origin, handshake, (refused) => {
          verdicts.set(request, refused);
          answer(null, { ...options, origin: refused === null });
        });
      }
    });
  };
  return delegate as unknown as Cors;
}

function checkOrigin(decide: Decide | undefined, handshake: Handshake, verdict: Verdict): void {
  const { origin } = handshake.request.headers;
  const known = verdicts.get(handshake.request);
  if (known !== undefined) verdict(known);
  // Browsers always send an origin, so a client without one is no browser.
  else if (origin === undefined || decide === undefined) verdict(null);
  else decide(origin, handshake, verdict);
}

/** Compiles what decides about origins; undefined where any origin passes. */
function compileCors(cors: Cors | undefined): Decide | undefined {
  if (cors === undefined) return undefined;
  if (typeof cors !== 'function') return compileDecision(cors.origin);
  return (origin, handshake, verdict) => {
    resolveCors(cors, handshake, (options) => {
      if (options) compileDecision(options.origin)(origin, handshake, verdict);
      else verdict(UNCHECKED);
    });
  };
}

/** Asks a delegate for the options; undefined where it fails. */
function resolveCors(
  cors: Cors,
  handshake: Handshake,
  resolved: (options: CorsOptions | undefined) => void,
): void {
  if (typeof cors !== 'function') {
    resolved(cors);
    return;
  }
  let given: CorsOptions | undefined;
  const delegate = cors as unknown as (
    request: IncomingMessage,
    answer: (error: Error | null, options?: CorsOptions) => void,
  ) => unknown;
  ask(
    'cors',
    handshake,
    (refused) => {
      resolved(refused === null ? given : undefined);
    },
    (say, failed) =>
      delegate(handshake.request, (error, options) => {
        if (error) failed('', error);
        else {
          given ??= options ?? {};
          say(null);
        }
      }),
  );
}
