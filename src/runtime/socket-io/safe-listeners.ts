import { guarded, type Report } from '../errors/run-safely';

/*
 * Functions that take the place of an emitter's own, and let nothing that a listener throws get any further than the
 * log. The emitter is `this`: one set of functions serves all of them.
 */

/** A listener or callback of the application's. */
export type Callback = (this: Guarded, ...args: unknown[]) => unknown;
/** Something that the application puts listeners on. */
export interface Guarded {
  off(event: string, listener: Callback): unknown;
}
type Listen = (this: Guarded, event: string, listener: Callback) => Guarded;

/** Where an emitter with guarded functions has its report; until it has one, it does what it always does. */
export const REPORT = Symbol('report');
type Reporting = Guarded & { readonly [REPORT]?: Report };

/** Calls back, and lets nothing out. */
export function guardCallback(what: string, callback: Callback): Callback {
  return function (...args) {
    const report = (this as Reporting)[REPORT];
    if (report) guarded(`${what} failed`, report, () => callback.apply(this, args));
    else callback.apply(this, args);
  };
}

/** The functions of an emitter with which listeners are put on, guarded. */
export function guardedListening(original: object): Record<string, Listen> {
  const { on, prependListener } = original as { on: Listen; prependListener: Listen };
  return {
    on: listen(on),
    addListener: listen(on),
    prependListener: listen(prependListener),
    once: listenOnce(on),
    prependOnceListener: listenOnce(prependListener),
  };
}

function listen(add: Listen): Listen {
  return function (event, listener) {
    if (!(this as Reporting)[REPORT]) return add.call(this, event, listener);
    // Node finds a wrapped listener by this property, in `off` and in `listeners`.
    return add.call(
      this,
      event,
      Object.assign(guardCallback(`a listener of '${event}'`, listener), { listener }),
    );
  };
}

function listenOnce(add: Listen): Listen {
  return function (event, listener) {
    const guardedListener = guardCallback(`a listener of '${event}'`, listener);
    const once: Callback = function (...args) {
      this.off(event, once);
      guardedListener.apply(this, args);
    };
    return add.call(this, event, Object.assign(once, { listener }));
  };
}
