import { isDeepStrictEqual } from 'node:util';
import { nameOfPath } from '../../plan/paths';
import type { AutoExposePlan, GuardPlan } from '../../plan/plan';
import { describeThrown, guarded } from '../errors/run-safely';
import type { BoundEvent, GatewayRuntime } from '../gateway/build-gateway';
import { followServices } from './follow-services';
import { readClaims, type Claim } from './read-claims';

/** An action that is served as an event. */
interface Exposed {
  readonly action: string;
  readonly guards: readonly GuardPlan[];
}

/** The events of one namespace. */
interface Table {
  /** The gateway's own, and those of actions. Sockets hold the map, and see it change. */
  readonly events: Map<string, BoundEvent>;
  /** Those of actions. */
  exposed: ReadonlyMap<string, Exposed>;
}

/** The actions that ask for an event, and whom they admit. */
type Claimants = ReadonlyMap<string, readonly GuardPlan[]>;

/**
 * The actions of the cluster that a gateway serves as events. It follows the services, and an event never changes what
 * it calls because another service has come: the action that has it keeps it.
 */
export class ExposedEvents {
  private readonly tables = new Map<string, Table>();
  /** Why actions are not exposed, as far as it was told: it is told once. */
  private told: ReadonlySet<string> = new Set();
  /** All services of this node have started: before, who comes first is chance. */
  private complete = false;
  private readonly endings: (() => void)[] = [];

  constructor(
    private readonly gateway: GatewayRuntime,
    private readonly plan: AutoExposePlan,
  ) {}

  /**
   * The events of a namespace, in a map that follows the services.
   *
   * @param path as it was written
   */
  eventsOf(path: string): ReadonlyMap<string, BoundEvent> {
    const known = this.tables.get(path);
    if (known) return known.events;
    // It was registered while the gateway runs.
    const table = this.addTable(path);
    this.look();
    return table.events;
  }

  /** Begins to serve, and to follow the services. */
  follow(): void {
    const { broker, plan } = this.gateway;
    for (const path of plan.paths) this.addTable(nameOfPath(path));
    const look = (): void => {
      this.look();
    };
    const begin = (): void => {
      this.complete = true;
      this.forget();
      this.look();
    };
    this.complete = broker.started;
    if (!this.complete) {
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

  /** Nobody has an event any more, as if nobody had been there yet. */
  private forget(): void {
    for (const table of this.tables.values()) {
      for (const event of table.exposed.keys()) table.events.delete(event);
      table.exposed = new Map();
    }
  }

  private look(): void {
    guarded('services could not be exposed', this.gateway.report, () => {
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
        if (action !== undefined) served.set(event, { action, guards: claimants.get(action) ?? [] });
      }
      this.serve(path, table, served, refuse);
    }
    if (!this.complete) return;
    for (const why of refusals) if (!this.told.has(why)) logger.warn(`${plan.className}: ${why}`);
    this.told = refusals;
  }

  /** Which of the actions gets the event; undefined: none. */
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
      const { action, guards } = exposed;
      try {
        table.events.set(event, gateway.bind(plan.eventFor(event, action, guards)));
      } catch (error) {
        // A middleware of the broker that stands around events did not like this one.
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

/** By event and action, what the nodes ask for in a namespace; where they differ, all that they demand must hold. */
function claimantsOf(path: string, claims: readonly Claim[]): Map<string, Claimants> {
  const events = new Map<string, Map<string, GuardPlan[]>>();
  for (const { action, event, namespaces, guard } of claims) {
    if (namespaces && !namespaces.includes(path)) continue;
    const claimants = events.get(event) ?? new Map<string, GuardPlan[]>();
    events.set(event, claimants);
    const guards = claimants.get(action) ?? [];
    claimants.set(action, guards);
    if (guard) guards.push(guard);
  }
  return events;
}
