import type { AckForm, LoadName } from './payloads';
import type { ServerSpec } from './servers/server-spec';

/** Something that is measured beside others. */
export interface Variant {
  /** Unique in its group; what `--only` looks at together with the group's name. */
  readonly name: string;
  readonly title: string;
  readonly spec: ServerSpec;
  readonly ack?: AckForm;
}

/** Variants that are measured together. All ratios are to the first. */
export interface Group {
  readonly name: string;
  readonly title: string;
  readonly load: LoadName;
  /** Events of each connection that wait for their ack at any time: 16 by default. */
  readonly inFlight?: number;
  readonly variants: readonly Variant[];
  /** Measured in `--short` runs too. */
  readonly daily?: boolean;
  /** The part of the processes that are enough for it. */
  readonly part?: number;
}

const plain = (shape: string, observed = false): Variant => ({
  name: 'floor',
  title: 'plain socket.io',
  spec: { implementation: 'plain', shape, observed },
});
/** The same program once more: how far it differs from 1 is how far any ratio can be trusted. */
const CONTROL: Variant = { ...plain('add'), name: 'control', title: 'plain socket.io, once more' };
const gateway = (shape: string, title: string, observed = false): Variant => ({
  name: shape,
  title,
  spec: { implementation: 'gateway', shape, observed },
});
const nest = (shape: string, title: string): Variant => ({
  name: 'nest',
  title,
  spec: { implementation: 'nest', shape },
  ack: 'result',
});
const moleculerIo = (observed = false): Variant => ({
  name: 'moleculer-io',
  title: 'moleculer-io: alias, whitelist, hooks',
  spec: { implementation: 'moleculer-io', shape: 'call', observed },
});

const HANDLER = 'gateway: handler';
const PROXY = 'gateway: proxy with alias, whitelist, hooks';
const EVERYTHING = 'gateway: validation, guards, user, hooks';

/** Every event that is measured, and beside what. */
export const GROUPS: readonly Group[] = [
  {
    name: 'handler',
    title: 'A handler that calls an action',
    load: 'add',
    daily: true,
    variants: [plain('add'), CONTROL, gateway('add', HANDLER), nest('add', 'NestJS: handler')],
  },
  {
    name: 'proxy',
    title: 'Clients call an action',
    load: 'call',
    daily: true,
    variants: [plain('call'), gateway('call', PROXY), moleculerIo()],
  },
  {
    name: 'everything',
    title: 'Everything on',
    load: 'order',
    daily: true,
    variants: [
      plain('order'),
      gateway('order', EVERYTHING),
      nest('order', 'NestJS: ValidationPipe, guard, interceptor'),
    ],
  },
  {
    name: 'one-at-a-time',
    part: 0.5,
    title: 'A handler, for clients that make one call after the other',
    load: 'add',
    inFlight: 1,
    variants: [plain('add'), CONTROL, gateway('add', HANDLER)],
  },
  {
    name: 'proxy-one-at-a-time',
    part: 0.5,
    title: 'Clients call an action, one after the other',
    load: 'call',
    inFlight: 1,
    variants: [plain('call'), gateway('call', PROXY), moleculerIo()],
  },
  {
    name: 'handler-observed',
    part: 0.75,
    title: 'A handler, with metrics and tracing',
    load: 'add',
    variants: [plain('add', true), gateway('add', HANDLER, true)],
  },
  {
    name: 'proxy-observed',
    part: 0.75,
    title: 'Clients call an action, with metrics and tracing',
    load: 'call',
    variants: [plain('call', true), gateway('call', PROXY, true), moleculerIo(true)],
  },
  {
    name: 'many',
    title: 'Many events, many gateways',
    load: 'add',
    variants: [
      gateway('add', 'gateway with 1 event'),
      gateway('thousand-events', 'gateway with 1,000 events'),
      gateway('hundred-gateways', '100 gateways on one server'),
    ],
  },
  {
    name: 'everything-observed',
    part: 0.5,
    title: 'Everything on, with metrics and tracing',
    load: 'order',
    variants: [plain('order', true), gateway('order', EVERYTHING, true)],
  },
];

/** The variants of this library once more for each other build of it. */
export function withBuilds(
  variants: readonly Variant[],
  builds: ReadonlyMap<string, string>,
): readonly Variant[] {
  const own = variants.filter(({ spec }) => spec.implementation === 'gateway' || spec.shape === 'gateway');
  const others = [...builds].flatMap(([build, library]) =>
    own.map(({ name, title, spec, ...rest }) => ({
      ...rest,
      name: `${name}@${build}`,
      title: `${title} [${build}]`,
      spec: { ...spec, library },
    })),
  );
  return [...variants, ...others];
}
