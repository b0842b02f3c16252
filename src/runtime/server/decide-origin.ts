import { ask, type Handshake, type Verdict } from './ask-application';
import { compileOrigins, MAX_ORIGIN_LENGTH, originMatches, type Origin } from './match-origin';

/** Decides about the origin of a handshake. */
export type Decide = (origin: string, handshake: Handshake, verdict: Verdict) => void;

const REFUSED = 'origin not allowed';

/** Compiles a setting `cors.origin`; a function is asked about every origin that is not too long. */
export function compileDecision(allowed: Origin): Decide {
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
