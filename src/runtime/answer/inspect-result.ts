import { EventEmitter } from 'node:events';
import { isMap, isSet } from 'node:util/types';
import { Errors } from 'moleculer';
import { hasOwnForm } from './plain-data';
import { isResource } from './resource';

/** Maximum levels below the instance of a class. Deeper values are not meant as data. */
const MAX_LEVELS = 16;
/** Maximum characters of the path of a value that are shown. */
const MAX_PATH_LENGTH = 100;

/** The values of a result that are not plain data. */
export interface Inspection {
  /** The resources that the result owns. */
  readonly resources: ReadonlySet<object>;
  /** The error that the event is answered with; undefined if nothing was found that cannot be sent. */
  readonly refusal: Error | undefined;
}

/** An object in a result, and the keys that lead to it. */
interface Place {
  readonly value: object;
  readonly path: string;
}

/** `written`: the object decides what it is written as. `instance`: an instance of a class of the application. */
type Kind = 'stream' | keyof typeof UNSENDABLE | 'plain' | 'written' | 'instance';

/** Describes a value that cannot be sent, and what to return instead. */
const UNSENDABLE = {
  Map: 'a Map, which JSON writes as {}: return Object.fromEntries(map) or [...map]',
  Set: 'a Set, which JSON writes as {}: return [...set]',
  Blob: 'a Blob, which Node cannot write to a socket: return Buffer.from(await blob.arrayBuffer())',
};

const NOTHING: Inspection = { resources: new Set(), refusal: undefined };

/** Inspects a result that may not be plain data. Takes time linear in the result, whatever circles are in it. Never throws. */
export function inspectResult(result: unknown): Inspection {
  if (typeof result !== 'object' || result === null) return NOTHING;
  const found: Place[] = [];
  const seen = new Set<object>();
  const places: Place[] = [{ value: result, path: '' }];
  for (let place = places.pop(); place; place = places.pop()) {
    if (seen.has(place.value)) continue;
    seen.add(place.value);
    const kind = kindOf(place.value);
    if (kind === 'stream' || kind in UNSENDABLE) found.push(place);
    if (kind === 'plain' || kind === 'Map' || kind === 'Set') places.push(...placesIn(place));
    if (kind === 'instance') found.push(...findingsInInstance(place, seen));
  }
  const streams = found.filter(({ value }) => kindOf(value) === 'stream');
  const [first] = [...streams, ...found];
  return { resources: new Set(streams.map(({ value }) => value)), refusal: first && refusalOf(first) };
}

/** Returns what cannot be sent of an instance of a class. An instance that is no data is left alone. */
function findingsInInstance(place: Place, seen: Set<object>): Place[] {
  const found: Place[] = [];
  try {
    return collect(place, new Set(), seen, found) ? found : [];
  } catch {
    // A proxy threw.
    return [];
  }
}

/** Returns false if the instance is no data: a service, a socket or a context leads to what others use, in circles. */
function collect(place: Place, above: Set<object>, seen: Set<object>, found: Place[]): boolean {
  const { value } = place;
  const kind = kindOf(value);
  if (kind === 'stream' || kind in UNSENDABLE) found.push(place);
  if (kind === 'stream' || kind === 'Blob' || kind === 'written') return true;
  if (above.size >= MAX_LEVELS || value instanceof EventEmitter) return false;
  above.add(value);
  for (const next of placesIn(place)) {
    if (above.has(next.value)) return false;
    if (seen.has(next.value)) continue;
    seen.add(next.value);
    if (!collect(next, above, seen, found)) return false;
  }
  above.delete(value);
  return true;
}

function kindOf(value: object): Kind {
  try {
    if (isResource(value)) return 'stream';
    if (ArrayBuffer.isView(value) || hasOwnForm(value)) return 'written';
    if (isMap(value)) return 'Map';
    if (isSet(value)) return 'Set';
    if (value instanceof Blob) return 'Blob';
    if (Array.isArray(value)) return 'plain';
    const prototype: unknown = Object.getPrototypeOf(value);
    return prototype === Object.prototype || prototype === null ? 'plain' : 'instance';
  } catch {
    // A getter or a proxy threw: the value cannot be written.
    return 'written';
  }
}

/** Returns the objects in an object. */
function placesIn({ value, path }: Place): Place[] {
  const places: Place[] = [];
  const add = (key: unknown, entry: unknown): void => {
    if (typeof entry !== 'object' || entry === null) return;
    const name = typeof key === 'string' || typeof key === 'number' ? String(key) : '?';
    places.push({ value: entry, path: path === '' ? name : `${path}.${name}` });
  };
  if (isMap(value) || isSet(value)) {
    for (const [key, entry] of value.entries()) add(key, entry);
    return places;
  }
  try {
    for (const key in value) {
      try {
        add(key, (value as Record<string, unknown>)[key]);
      } catch {
        // The getter threw, and will again when the result is written.
      }
    }
  } catch {
    // The keys of a proxy cannot be read.
  }
  return places;
}

/** Returns the error for what cannot be sent: it tells developers what to return instead. */
function refusalOf({ value, path }: Place): Error {
  const kind = kindOf(value);
  const where =
    path === '' ? 'the result' : `${JSON.stringify(path.slice(0, MAX_PATH_LENGTH))} of the result`;
  if (kind === 'Map' || kind === 'Set' || kind === 'Blob')
    return new TypeError(`${where} is ${UNSENDABLE[kind]}`);
  return new Errors.MoleculerError(
    `${where} is a stream, which cannot be sent as an answer: return the data that is read from it`,
    501,
    'STREAM_NOT_SUPPORTED',
  );
}
