import type { IncomingMessage } from 'node:http';
import type { ServerOptions } from 'socket.io';
import { compilePattern, compileWildcard, type Matcher } from '../../plan/patterns';
import { type Report, runSafely } from '../errors/run-safely';

type Cors = NonNullable<ServerOptions['cors']>;
type CorsOptions = Exclude<Cors, (...args: never[]) => unknown>;
type Origin = CorsOptions['origin'];
type AllowRequest = NonNullable<ServerOptions['allowRequest']>;
/** Answers whether a request may go on, and why not. */
type Verdict = (refused: string | null) => void;
type AllowedOrigins = Exclude<Origin, (...args: never[]) => unknown>;
/** Decides about the origin of a handshake. */
type Decide = (origin: string, handshake: Handshake, verdict: Verdict) => void;

const REFUSED = 'origin not allowed';
const UNCHECKED = 'the request could not be checked';
/** A host has at most 253 characters; scheme and port fit beside it. A longer origin is refused before it is matched. */
const MAX_ORIGIN_LENGTH = 300;

/** Keeps the decisions of functions about a request: CORS asks first, and each function runs once. */
const verdicts = new WeakMap<IncomingMessage, string | null>();

/** A handshake that the application's code is asked about. */
interface Handshake {
  readonly request: IncomingMessage;
  /** Milliseconds that the code has for its answer. */
  readonly timeoutMs: number;
  readonly report: Report;
}

/**
 * Guards the handshake of every transport. CORS alone is a matter between a browser and a page, and browsers do not
 * ask it about websockets.
 *
 * @param cors the setting: its `origin` decides; without one any origin passes
 * @param allowRequest the user's own guard, asked when the origin is allowed
 * @param timeoutMs milliseconds in which functions must answer
 */
export function guardHandshake(
  cors: Cors | undefined,
  allowRequest: AllowRequest | undefined,
  timeoutMs: number,
  report: Report,
): AllowRequest {
  const decide = compileCors(cors);
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

/** Compiles a setting `cors.origin`; a function is asked about every origin that is not too long. */
function compileDecision(allowed: Origin): Decide {
  if (typeof allowed !== 'function') {
    const matches = compileOrigins(allowed);
    return (origin, _handshake, verdict) => {
      verdict(matches(origin) ? null : REFUSED);
    };
  }
  return (origin, handshake, verdict) => {
    if (origin.length > MAX_ORIGIN_LENGTH) verdict(REFUSED);
    else askOrigin(allowed, origin, handshake, verdict);
  };
}

function askOrigin(
  allowed: Extract<Origin, (...args: never[]) => unknown>,
  origin: string,
  handshake: Handshake,
  verdict: Verdict,
): void {
  ask('cors.origin', handshake, verdict, (say, failed) => {
    // moleculer-web's functions take the origin and return the decision.
    if (allowed.length < 2) {
      const predicate = allowed as (origin: string) => unknown;
      return Promise.resolve(predicate(origin)).then((allows) => {
        say(allows ? null : REFUSED);
      });
    }
    return (allowed as (origin: string, answer: (error: Error | null, decision?: Origin) => void) => unknown)(
      origin,
      (error, decision) => {
        if (error) failed('', error);
        else {
          const allows =
            typeof decision !== 'function' && decision !== undefined && originMatches(decision, origin);
          say(allows ? null : REFUSED);
        }
      },
    );
  });
}

/**
 * Asks code of the application's for a verdict: there is one, in bounded time, whatever the code does.
 *
 * @param what the name of the code, for the log
 */
function ask(
  what: string,
  { timeoutMs, report }: Handshake,
  verdict: Verdict,
  run: (say: Verdict, failed: Report) => unknown,
): void {
  let answered = false;
  const say: Verdict = (refused) => {
    if (answered) return;
    answered = true;
    clearTimeout(timer);
    verdict(refused);
  };
  const failed: Report = (_what, error) => {
    report(`${what} failed, the handshake is refused`, error);
    say(UNCHECKED);
  };
  const timer = Number.isFinite(timeoutMs)
    ? setTimeout(() => {
        failed('', new Error(`no answer within ${timeoutMs} ms`));
      }, timeoutMs).unref()
    : undefined;
  runSafely('', failed, () => run(say, failed));
}

/**
 * Returns true if a setting like `cors.origin` allows an origin. A string may list origins with commas and use `*` as a
 * wildcard, as in moleculer-web.
 */
export function originMatches(allowed: AllowedOrigins, origin: string): boolean {
  return compileOrigins(allowed)(origin);
}

/** Compiles a setting like `cors.origin`. A list allows no origin that is too long; what is no list allows none. */
function compileOrigins(allowed: AllowedOrigins): Matcher {
  if (allowed === undefined || typeof allowed === 'boolean') return () => allowed !== false;
  if (typeof allowed === 'string') {
    const matchers = allowed.split(',').map((one) => compileWildcard(one.trim()));
    return (origin) => origin.length <= MAX_ORIGIN_LENGTH && matchers.some((matches) => matches(origin));
  }
  if (allowed instanceof RegExp) {
    const matches = compilePattern(allowed);
    return (origin) => origin.length <= MAX_ORIGIN_LENGTH && matches(origin);
  }
  const matchers = Array.isArray(allowed) ? allowed.map(compileOrigins) : [];
  return (origin) => matchers.some((matches) => matches(origin));
}
