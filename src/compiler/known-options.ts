import type { ClassTransformOptions } from 'class-transformer';
import type { ValidatorOptions } from 'class-validator';
import type { ServerOptions } from 'socket.io';
import type {
  ActionProxyOptions,
  ExplorerOptions,
  DrainSettings,
  LogSettings,
  MessageBodyOptions,
  OnPresenceOptions,
  PresenceOptions,
  ProxyCallOptions,
  SocketNamespaceOptions,
} from '../types';

/*
 * The names of all options that have a meaning: ours, and those of the libraries that options are handed to, of all
 * supported versions. A name that resembles one of them is taken for a mistake.
 */

/** Lists the names of an object type. TypeScript sees that none is missing. */
function names<T>(of: Record<KnownKeys<T>, true>): readonly string[] {
  return Object.keys(of);
}

/** The keys of a type, without its index signature. */
type KnownKeys<T> = keyof { [K in keyof T as string extends K ? never : K]: T[K] };

/** Options of `@SocketNamespace`. Applications may declare more of them, which other modules read. */
export const NAMESPACE_OPTIONS: readonly (keyof SocketNamespaceOptions)[] = [
  'name',
  'version',
  'settings',
  'metadata',
  'dependencies',
  'mixins',
  'hooks',
  'actions',
  'events',
  'methods',
  'middlewares',
  'packetMiddlewares',
  'ack',
  'limits',
  'validation',
  'autoExpose',
  'sends',
  'presence',
  'exposeErrors',
];

/** Settings that the gateway reads, beside those of the server. */
export const LOG_SETTINGS = names<LogSettings>({
  logRequest: true,
  logRequestParams: true,
  logResponse: true,
  logClientConnection: true,
  logBroadcastRequest: true,
  logRouteRegistration: true,
  log4XXResponses: true,
});

/** Options of `settings.explorer`. */
export const EXPLORER_OPTIONS = names<ExplorerOptions>({ path: true, guard: true, title: true });
/** Options of `settings.drain`. */
export const DRAIN_OPTIONS = names<DrainSettings>({ window: true, grace: true, delay: true });

/** Settings that Moleculer reads. */
export const MOLECULER_SETTINGS: readonly string[] = [
  '$noVersionPrefix',
  '$noServiceNamePrefix',
  '$dependencyTimeout',
  '$dependencyInterval',
  '$shutdownTimeout',
  '$secureSettings',
  '$cache',
];

/** Options of `settings.io.options`. */
export const SOCKET_IO_OPTIONS = names<ServerOptions>({
  path: true,
  serveClient: true,
  adapter: true,
  parser: true,
  connectTimeout: true,
  connectionStateRecovery: true,
  cleanupEmptyChildNamespaces: true,
  pingTimeout: true,
  pingInterval: true,
  upgradeTimeout: true,
  maxHttpBufferSize: true,
  allowRequest: true,
  transports: true,
  allowUpgrades: true,
  perMessageDeflate: true,
  httpCompression: true,
  wsEngine: true,
  initialPacket: true,
  cookie: true,
  cors: true,
  allowEIO3: true,
  destroyUpgrade: true,
  destroyUpgradeTimeout: true,
  addTrailingSlash: true,
});

/** Options of `cors`. */
export const CORS_OPTIONS = names<
  Exclude<ServerOptions['cors'], undefined | ((...args: never[]) => unknown)>
>({
  origin: true,
  methods: true,
  allowedHeaders: true,
  exposedHeaders: true,
  credentials: true,
  maxAge: true,
  preflightContinue: true,
  optionsSuccessStatus: true,
});

/** Options of `validation`. */
export const VALIDATION_OPTIONS: readonly string[] = [
  'compiled',
  ...names<ValidatorOptions>({
    enableDebugMessages: true,
    skipUndefinedProperties: true,
    skipNullProperties: true,
    skipMissingProperties: true,
    whitelist: true,
    forbidNonWhitelisted: true,
    groups: true,
    always: true,
    strictGroups: true,
    dismissDefaultMessages: true,
    validationError: true,
    forbidUnknownValues: true,
    stopAtFirstError: true,
  }),
  ...names<ClassTransformOptions>({
    strategy: true,
    excludeExtraneousValues: true,
    groups: true,
    version: true,
    excludePrefixes: true,
    ignoreDecorators: true,
    targetMaps: true,
    enableCircularCheck: true,
    enableImplicitConversion: true,
    exposeDefaultValues: true,
    exposeUnsetFields: true,
  }),
];

/** Options that only an action proxy has. */
export const PROXY_OPTIONS = names<Omit<ActionProxyOptions, 'tracing' | 'description' | 'deprecated'>>({
  whitelist: true,
  blacklist: true,
  aliases: true,
  mappingPolicy: true,
  multi: true,
  streams: true,
  callOptions: true,
  onBeforeCall: true,
  onAfterCall: true,
});

/** Options of an event that describe it, and have no other effect. */
export const DESCRIBING_OPTIONS = ['description', 'deprecated', 'returns'] as const;

/** Options of a Moleculer action that have an effect on a handler. */
export const ACTION_OPTIONS: readonly string[] = [
  'params',
  'cache',
  'timeout',
  'retryPolicy',
  'fallback',
  'bulkhead',
  'circuitBreaker',
  'hooks',
  'tracing',
  'visibility',
  'strategy',
  'strategyOptions',
];

/** Options of Moleculer's that are objects themselves. Other options hold free names. */
export const PARTS_OF_ACTION_OPTIONS: Readonly<Record<string, readonly string[]>> = {
  cache: ['enabled', 'keys', 'ttl', 'lock', 'keygen'],
  retryPolicy: ['enabled', 'retries', 'delay', 'maxDelay', 'factor', 'check'],
  bulkhead: ['enabled', 'concurrency', 'maxQueueSize'],
  circuitBreaker: ['enabled', 'threshold', 'windowTime', 'minRequestCount', 'halfOpenTime', 'check'],
  tracing: ['enabled', 'tags', 'spanName', 'safetyTags'],
};

/** Options of `callOptions`. */
export const CALL_OPTIONS = names<ProxyCallOptions & { headers: unknown; stream: unknown; ctx: unknown }>({
  timeout: true,
  retries: true,
  fallbackResponse: true,
  nodeID: true,
  meta: true,
  parentSpan: true,
  requestID: true,
  tracking: true,
  paramsCloning: true,
  caller: true,
  headers: true,
  stream: true,
  ctx: true,
});

/** Options of `presence`. */
export const PRESENCE_OPTIONS = names<PresenceOptions>({ of: true, rooms: true, grace: true, notify: true });

/** Options of `@OnPresence`. */
export const LISTENER_OPTIONS = names<OnPresenceOptions>({ once: true });

/** Options of `@MessageBody`. */
export const BODY_OPTIONS = names<MessageBodyOptions>({ type: true, optional: true, unchecked: true });
