import type { ServiceBroker } from 'moleculer';
import { patternKeyOf, servesName } from '../../plan/paths';
import type { PathPlan } from '../../plan/plan';
import type { Gateway } from '../model';
import { wasLoadedFromFile } from '../moleculer/internals';

/** A reloaded gateway may be missing for this long, in milliseconds, because its developer may have to fix its file first. */
const RELOAD_TIMEOUT_MS = 60_000;
/** Handshakes that may wait; one more is told that there is no such namespace. */
const MAX_WAITING = 10_000;

/** A gateway that is being reloaded, while others are on its server. */
interface Absence {
  readonly service: string;
  readonly paths: readonly PathPlan[];
  readonly timer: NodeJS.Timeout;
}

/**
 * Under hot reload a service is stopped and started anew. Here the handshakes for its namespaces wait in between: Socket.IO
 * would answer 'Invalid namespace', after which clients do not come back.
 */
export class AbsentNamespaces {
  private readonly absences = new Set<Absence>();
  private readonly waiting = new Map<() => void, string>();

  /** @returns undefined if the broker does not reload services: then a gateway that has stopped is not expected back */
  static of(broker: ServiceBroker): AbsentNamespaces | undefined {
    return broker.options.hotReload ? new AbsentNamespaces() : undefined;
  }

  /** Holds the namespaces of a gateway that has left the server. */
  leave({ service, plan }: Gateway): void {
    // Only what was loaded from a file is loaded again.
    if (!wasLoadedFromFile(service)) return;
    const forget = (): void => {
      this.forget([absence]);
    };
    const timer = setTimeout(forget, RELOAD_TIMEOUT_MS).unref();
    const absence: Absence = { service: service.fullName, paths: plan.paths, timer };
    this.absences.add(absence);
  }

  /** Ends the wait for the namespaces of a gateway that has come. What its service had is there again, or gone for good. */
  arrive({ service, plan }: Gateway): void {
    const claims = new Set(plan.paths.map(patternKeyOf));
    const over = [...this.absences].filter(
      (absence) =>
        absence.service === service.fullName || absence.paths.some((path) => claims.has(patternKeyOf(path))),
    );
    if (over.length === 0) return;
    // A service may be several gateways, of which this is the first.
    setImmediate(() => {
      this.forget(over);
    });
  }

  /** Calls back when a namespace that is absent is there again, or is not waited for any longer; false if it is not absent. */
  hold(name: string, done: () => void): boolean {
    if (!this.isAbsent(name) || this.waiting.size >= MAX_WAITING) return false;
    this.waiting.set(done, name);
    return true;
  }

  /** Ends all waits because the server has closed. */
  end(): void {
    for (const { timer } of this.absences) clearTimeout(timer);
    this.absences.clear();
    this.waiting.clear();
  }

  private isAbsent(name: string): boolean {
    for (const { paths } of this.absences) {
      if (paths.some((path) => servesName(path, name))) return true;
    }
    return false;
  }

  private forget(over: readonly Absence[]): void {
    for (const absence of over) {
      clearTimeout(absence.timer);
      this.absences.delete(absence);
    }
    for (const [done, name] of this.waiting) {
      if (this.isAbsent(name)) continue;
      this.waiting.delete(done);
      done();
    }
  }
}
