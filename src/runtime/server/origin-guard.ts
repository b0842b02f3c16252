import type { IncomingMessage } from 'node:http';
import type { ServerOptions } from 'socket.io';
import { guarded, type Report } from '../errors/guarded';

type Cors = NonNullable<ServerOptions['cors']>;
type CorsOptions = Exclude<Cors, (...args: never[]) => unknown>;
type Origin = CorsOptions['origin'];
type AllowRequest = NonNullable<ServerOptions['allowRequest']>;
/** Answers whether a request may go on, and why not. */
type Verdict = (refused: string | null) => void;

const REFUSED = 'origin not allowed';

/**
 * Guards the handshake of every transport. CORS alone is a matter between a browser and a page, and browsers do not
 * ask it about websockets.
 *
 * @param cors the setting: its `origin` decides; without one any origin passes
 * @param allowRequest the user's own guard, asked when the origin is allowed
 */
export function guardHandshake(
  cors: Cors | undefined,
  allowRequest: AllowRequest | undefined,
  report: Report,
): AllowRequest {
  return (request, answer) => {
    let answered = false;
    const once = (error: string | null | undefined, success: boolean): void => {
      if (answered) return;
      answered = true;
      answer(error, success);
    };
    const failed =
      (what: string): Report =>
      (_what, error) => {
        report(what, error);
        once('the request could not be checked', false);
      };
    checkOrigin(cors, request, failed('cors.origin failed, the handshake is refused'), (refused) => {
      if (refused !== null) once(refused, false);
      else if (!allowRequest) once(null, true);
      else {
        guarded('', failed('allowRequest failed, the handshake is refused'), () =>
          allowRequest(request, once),
        );
      }
    });
  };
}

/** What CORS itself decides by: the same as the handshake. `'*'` stays, so that responses can be cached. */
export function corsOptions(cors: Cors | undefined, report: Report): Cors | undefined {
  if (typeof cors === 'function') {
    return (request, answer) => {
      const refuse: Report = (what, error) => {
        report(what, error);
        answer(null, { origin: false });
      };
      guarded('cors failed', refuse, () => (cors as (...args: unknown[]) => unknown)(request, answer));
    };
  }
  if (!cors || cors.origin === undefined || cors.origin === '*' || cors.origin === true) return cors;
  const { origin } = cors;
  return {
    ...cors,
    origin: (name, answer) => {
      const refuse: Report = () => {
        answer(null, false);
      };
      if (name === undefined) answer(null, false);
      else {
        decide(origin, name, refuse, (refused) => {
          answer(null, refused === null);
        });
      }
    },
  };
}

function checkOrigin(
  cors: Cors | undefined,
  request: IncomingMessage,
  failed: Report,
  verdict: Verdict,
): void {
  const { origin } = request.headers;
  // Browsers always say where a page comes from; whoever says nothing is no browser.
  if (origin === undefined || cors === undefined) verdict(null);
  else if (typeof cors === 'function') {
    guarded('', failed, () =>
      (
        cors as (
          request: IncomingMessage,
          answer: (error: Error | null, options?: CorsOptions) => void,
        ) => unknown
      )(request, (error, options) => {
        if (error) failed('', error);
        else decide(options?.origin, origin, failed, verdict);
      }),
    );
  } else decide(cors.origin, origin, failed, verdict);
}

function decide(allowed: Origin, origin: string, failed: Report, verdict: Verdict): void {
  if (typeof allowed !== 'function') {
    verdict(originMatches(allowed, origin) ? null : REFUSED);
    return;
  }
  // moleculer-web's functions take the origin and return the decision.
  if (allowed.length < 2) {
    const predicate = allowed as (origin: string) => unknown;
    guarded('', failed, async () => {
      verdict((await predicate(origin)) ? null : REFUSED);
    });
    return;
  }
  guarded('', failed, () =>
    (allowed as (origin: string, answer: (error: Error | null, decision?: Origin) => void) => unknown)(
      origin,
      (error, decision) => {
        if (error) failed('', error);
        else
          verdict(
            typeof decision !== 'function' && decision !== undefined && originMatches(decision, origin)
              ? null
              : REFUSED,
          );
      },
    ),
  );
}

/**
 * Whether a setting like `cors.origin` allows an origin. A string may list origins with commas and use `*` as a wildcard, as
 * in moleculer-web.
 */
export function originMatches(
  allowed: Exclude<Origin, (...args: never[]) => unknown>,
  origin: string,
): boolean {
  if (allowed === undefined || typeof allowed === 'boolean') return allowed !== false;
  // Without the flags g and y, which would make it match only every other time.
  if (allowed instanceof RegExp)
    return new RegExp(allowed.source, allowed.flags.replace(/[gy]/g, '')).test(origin);
  if (Array.isArray(allowed)) return allowed.some((one) => originMatches(one, origin));
  return allowed.split(',').some((pattern) => {
    const escaped = pattern.trim().replace(/[.+?^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`^${escaped.replaceAll('*', '.*')}$`).test(origin);
  });
}
