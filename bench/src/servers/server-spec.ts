/** Which server a child process is to be. It travels as JSON in the argument of the process. */
export interface ServerSpec {
  readonly implementation:
    | 'plain'
    | 'moleculer-io'
    | 'nest'
    | 'gateway'
    | 'validation'
    | 'cluster'
    | 'presence'
    | 'drained'
    | 'started'
    | 'client';
  /** What the server does; each implementation knows some shapes. */
  readonly shape: string;
  /** Moleculer's metrics and tracing are on. */
  readonly observed?: boolean;
  /** How many connections may wait until they are accepted; Node's default is 511. */
  readonly backlog?: number;
  /** Of a node of a cluster. */
  readonly node?: {
    readonly id: string;
    /** The addresses of all nodes, for Moleculer's TCP transporter. */
    readonly urls: readonly string[];
    /** The address of a Redis. */
    readonly redis?: string;
  };
  /** The port of another process, which a client connects to. */
  readonly port?: number;
  /** A build of this library in place of the one just built: the path of its `index.js`. */
  readonly library?: string;
}

/** A server that listens, seen from within its process. */
export interface RunningServer {
  /** Undefined where there is nothing to connect to. */
  readonly port?: number;
  /** What the load generator can ask for beyond what every process answers, by name. */
  readonly commands?: Readonly<Record<string, (argument: never) => unknown>>;
  /** What listeners are counted on; see resources.ts. */
  readonly emitters?: () => readonly Emitter[];
}

/** The part of an EventEmitter that is needed to count its listeners. */
export interface Emitter {
  eventNames(): (string | symbol)[];
  listenerCount(event: string | symbol): number;
}
