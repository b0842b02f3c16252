import { isDeepStrictEqual } from 'node:util';
import { nameOfPath } from '../../plan/paths';
import type { AutoExposePlan, GuardPlan, StreamPlan } from '../../plan/plan';
import { describeThrown, runSafely } from '../errors/run-safely';
import type { BoundEvent, ExposedEvents, Gateway } from '../model';
import { followServices } from './follow-services';
import { readClaims, type Claim } from './read-claims';

/** An action that is served as an event. */
interface Exposed {
  readonly action: string;
  readonly guards: readonly GuardPlan[];
  readonly streams: StreamPlan | undefined;
}

/** The events of one namespace. */
interface Table {
  /** The gateway's own events and those of actions. Sessions hold this map and see it change. */
  readonly events: Map<string, BoundEvent>;
  /** The events of actions. */
  exposed: ReadonlyMap<string, Exposed>;
}

/** The actions that ask for an event, with what they say of it. */
type Claimants = ReadonlyMap<string, Omit<Exposed, 'action'>>;

/**
 * The actions of the cluster that a gateway serves as events. Follows the services. An action that has an event keeps it when
 * another service that asks for the same event comes.
 */
export class ClusterActions implements ExposedEvents {
  private readonly tables = new Map<string, Table>();
  /** The reasons that were logged why actions are not exposed: each is logged once. */
  private logged: ReadonlySet<string> = new Set();
  /** True if all services of this node have started. Before that, their order is random. */
  private isComplete = false;
  private readonly endings: (() => void)[] = [];

  constructor(
    private readonly gateway: Gateway,
    private readonly plan: AutoExposePlan,
  ) {}

  eventsOf(path: string): ReadonlyMap<string, BoundEvent> {
    const known = this.tables.get(path);
    if (known) return known.events;
    // The namespace was registered while the gateway runs.
    const table = this.addTable(path);
    this.look();
    return table.events;
  }

  follow(): void {
    const { broker, plan } = this.gateway;
    for (const path of plan.paths) this.addTable(nameOfPath(path));
    const look = (): void => {
      this.look();
    };
    const begin = (): void => {
      this.isComplete = true;
      this.forget();
      this.look();
    };
    this.isComplete = broker.started;
    if (!this.isComplete) {
      broker.localBus.once('$broker.started', begin);
      this.endings.push(() => broker.localBus.off('$broker.started', begin));
    }
    this.endings.push(followServices(broker, look));
    this.look();
  }

  stop(): void {
    for (const end of this.endings.splice(0)) end();
  }

  private addTable(path: string): Table {
    const table: Table = { events: new Map(this.gateway.events), exposed: new Map() };
    this.tables.set(path, table);
    return table;
  }

  /** Removes all events of actions. */
  private forget(): void {
    for (const table of this.tables.values()) {
      for (const event of table.exposed.keys()) table.events.delete(event);
      table.exposed = new Map();
    }
  }

  private look(): void {
    runSafely('services could not be exposed', this.gateway.report, () => {
      this.update();
    });
  }

  private update(): void {
    const { broker, service, logger, plan } = this.gateway;
    const refusals = new Set<string>();
    const refuse = (why: string): void => {
      refusals.add(why);
    };
    const claims = readClaims(broker, service.fullName, this.plan, refuse);
    for (const [path, table] of this.tables) {
      const served = new Map<string, Exposed>();
      for (const [event, claimants] of claimantsOf(path, claims)) {
        const holder = table.exposed.get(event)?.action;
        const action = this.choose(path, event, claimants, holder, refuse);
        const claimant = action === undefined ? undefined : claimants.get(action);
        if (action !== undefined && claimant) served.set(event, { action, ...claimant });
      }
      this.serve(path, table, served, refuse);
    }
    if (!this.isComplete) return;
    for (const why of refusals) if (!this.logged.has(why)) logger.warn(`${plan.className}: ${why}`);
    this.logged = refusals;
  }

  /** Returns the action that gets the event; undefined for none. */
  private choose(
    path: string,
    event: string,
    claimants: Claimants,
    holder: string | undefined,
    refuse: (why: string) => void,
  ): string | undefined {
    const actions = [...claimants.keys()].sort();
    const named = actions.map((action) => `'${action}'`).join(' and ');
    const where = `the event '${event}' of '${path}'`;
    if (this.gateway.events.has(event)) {
      refuse(
        `${where} is declared by the gateway, and ${named} cannot have it; give the action another event`,
      );
      return undefined;
    }
    if (actions.length === 1) return actions[0];
    const refused = `${where} is asked for by ${named}`;
    if (holder !== undefined && claimants.has(holder)) {
      refuse(`${refused}: '${holder}' has had it and keeps it; give the others another event`);
      return holder;
    }
    refuse(`${refused}: none of them gets it; give all but one another event`);
    return undefined;
  }

  private serve(
    path: string,
    table: Table,
    served: Map<string, Exposed>,
    refuse: (why: string) => void,
  ): void {
    const { gateway, plan } = this;
    for (const event of table.exposed.keys()) if (!served.has(event)) table.events.delete(event);
    for (const [event, exposed] of served) {
      const before = table.exposed.get(event);
      if (before && isDeepStrictEqual(before, exposed)) continue;
      const { action, guards, streams = plan.streams } = exposed;
      try {
        table.events.set(event, gateway.bindEvent(plan.eventFor(event, action, guards, streams)));
      } catch (error) {
        // The localSocketEvent hook of a middleware threw.
        refuse(`the event '${event}' of '${path}' cannot call '${action}': ${describeThrown(error)}`);
        table.events.delete(event);
        served.delete(event);
        continue;
      }
      if (before === undefined) gateway.log.route?.(`'${path}' '${event}' calls '${action}'`);
      else if (before.action !== action) {
        gateway.logger.warn(
          `${gateway.plan.className}: the event '${event}' of '${path}' calls '${action}' from now on: '${before.action}' ` +
            'does not ask for it any more',
        );
      }
    }
    table.exposed = served;
  }
}

/**
 * Returns what the nodes ask for in a namespace, by event and action. If nodes differ, the guards of all must hold, and the strictest
 * limits of streams.
 */
function claimantsOf(path: string, claims: readonly Claim[]): Map<string, Claimants> {
  const events = new Map<string, Map<string, Omit<Exposed, 'action'>>>();
  for (const { action, event, namespaces, guard, streams } of claims) {
    if (namespaces && !namespaces.includes(path)) continue;
    const claimants = events.get(event) ?? new Map<string, Omit<Exposed, 'action'>>();
    events.set(event, claimants);
    const known = claimants.get(action);
    claimants.set(action, {
      guards: [...(known?.guards ?? []), ...(guard ? [guard] : [])],
      streams: known ? strictest(known.streams, streams) : streams,
    });
  }
  return events;
}

function strictest(one: StreamPlan | undefined, other: StreamPlan | undefined): StreamPlan | undefined {
  if (!one || !other) return undefined;
  return {
    upload: one.upload,
    objects: one.objects && other.objects,
    maxBytes: Math.min(one.maxBytes, other.maxBytes),
    idle: Math.min(one.idle, other.idle),
  };
}
