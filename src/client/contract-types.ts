import type { CallOptions } from './call';
import type { UploadSource } from './chunks';
import type { PresenceOfRoom } from './presence';
import type { UploadOptions } from './upload';

/** The events of a gateway, as its clients see them. `npx moleculer-socket-gateway types` writes one type for each gateway. */
export interface GatewayTypes {
  /** The events that clients send: functions of their arguments, by name. */
  toServer: object;
  /** The events that clients receive. */
  toClient: object;
  /** For each event that is answered, its arguments and its result. */
  calls: object;
  /** For each event that is answered with a stream, its arguments and the type of one item. */
  streams?: object;
  /** For each event that takes an upload, its other arguments and its result. */
  uploads?: object;
  /** The `auth` that a client sends to log in. */
  auth?: object;
}

/** Events of which nothing is known. */
type AnyEvents = Record<string, (...args: unknown[]) => unknown>;

/** A gateway of which nothing is known: what `typed(socket)` takes for its type. */
export interface UntypedGateway {
  toServer: AnyEvents;
  toClient: AnyEvents;
  calls: AnyEvents;
  streams: AnyEvents;
  uploads: AnyEvents;
}

type Listener<ToClient, Event extends keyof ToClient> = ToClient[Event] extends (
  ...args: infer Args
) => unknown
  ? (...args: Args) => void
  : (...args: unknown[]) => void;

/** The names of the events that are answered. */
export type CallName<Types extends GatewayTypes> = keyof Types['calls'] & string;
/** The names of the events that are answered with a stream. */
export type StreamName<Types extends GatewayTypes> = keyof StreamsOf<Types> & string;
/** The names of the events that take an upload. */
export type UploadName<Types extends GatewayTypes> = keyof UploadsOf<Types> & string;

/** A user as the event `presence` of the gateway shows it; never if it has no such event. */
type ShownUser<ToClient> = ToClient extends { presence: (message: infer Message) => unknown }
  ? Message extends { state: readonly (infer User)[] }
    ? User
    : never
  : never;
type InfoOf<User> = [User] extends [never] ? unknown : User extends { info: infer Info } ? Info : unknown;
type MetaOf<User> = [User] extends [never]
  ? unknown
  : User extends { devices: readonly { meta?: infer Meta }[] }
    ? Meta
    : unknown;

type StreamsOf<Types> = Types extends { streams: infer Streams } ? Streams : object;
type UploadsOf<Types> = Types extends { uploads: infer Uploads } ? Uploads : object;
type ArgumentsOf<Call> = Call extends (...args: infer Args) => unknown ? Args : never;
type ResultOf<Call> = Call extends (...args: never[]) => infer Result ? Result : never;

/** Sends events and waits for their answers. */
export interface Caller<Types extends GatewayTypes> {
  /**
   * Sends an event and returns the answer.
   *
   * @throws CallError if the gateway answers with an error, after the timeout (`TIMEOUT`), or if the connection breaks before
   *   the answer (`DISCONNECTED`: the event may have run); the reason of the signal if it is aborted
   * @example
   * const { id } = await chat.call('message', { room: 'tea', text: 'Hello' });
   */
  call<Name extends CallName<Types>>(
    event: Name,
    ...args: ArgumentsOf<Types['calls'][Name]>
  ): Promise<ResultOf<Types['calls'][Name]>>;
  /**
   * Sends an event and iterates over the stream that answers it. Leaving the loop cancels the stream.
   *
   * @throws CallError as {@link call}; `NOT_A_STREAM` if the answer is none
   * @example
   * for await (const row of chat.stream('history', { room: 'tea' })) show(row);
   */
  stream<Name extends StreamName<Types>>(
    event: Name,
    ...args: ArgumentsOf<StreamsOf<Types>[Name]>
  ): AsyncIterable<ResultOf<StreamsOf<Types>[Name]>>;
  /**
   * Sends an event with a file, bytes or a stream, and returns the answer.
   *
   * @param args the arguments of the event, the file, and options of the upload
   * @throws CallError as {@link call}
   * @example
   * const { url } = await chat.upload('photo', { room: 'tea' }, file, { onProgress: (sent, total) => show(sent, total) });
   */
  upload<Name extends UploadName<Types>>(
    event: Name,
    ...args: [
      ...ArgumentsOf<UploadsOf<Types>[Name]>,
      file: UploadSource,
      ...options: [options?: UploadOptions],
    ]
  ): Promise<ResultOf<UploadsOf<Types>[Name]>>;
}

/** A socket of socket.io-client that knows the events of its gateway. */
export interface TypedClient<Types extends GatewayTypes> extends Caller<Types> {
  /**
   * Returns a client whose calls have these options.
   *
   * @example
   * await chat.with({ timeout: 2000, signal }).call('message', message);
   */
  with(options: CallOptions): Caller<Types>;
  /**
   * Listens to an event of the gateway.
   *
   * @returns a function that stops listening
   */
  on<Event extends keyof Types['toClient'] & string>(
    event: Event,
    listener: Listener<Types['toClient'], Event>,
  ): () => void;
  /** Returns the users of a room, kept up to date by the gateway. The empty string is the namespace itself. */
  presence<Info = InfoOf<ShownUser<Types['toClient']>>, Meta = MetaOf<ShownUser<Types['toClient']>>>(
    room?: string,
  ): PresenceOfRoom<Info, Meta>;
  /** Stops coming back after refusals, and removes all listeners of this client. The socket stays as it is. */
  close(): void;
}
